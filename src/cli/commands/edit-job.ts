/** `rouse jobs edit`: a job as an entry of a file, in the person's own editor, and back. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Argument } from '@commander-js/extra-typings';
import type { ApiJob, Client } from '../../client/client.ts';
import { AppError } from '../../errors/app-error.ts';
import { type Cli, daemonCommand } from '../command.ts';
import { UsageError } from '../failure.ts';
import { findJob } from '../job-reference.ts';
import { findWorkspaceId, readSchedule } from '../job-options.ts';
import { scheduleLines } from '../job-text.ts';
import { replacementPatch } from '../replacement-patch.ts';
import { writeReply } from '../reply.ts';

export function editJobCommand(cli: Cli) {
  return daemonCommand('edit', {
    summary: 'Change a job in your editor',
    description:
      'Change a job that was made at run time as an entry of a file, in $VISUAL or $EDITOR. Every field can be changed, added and removed. With --file the entry is taken from there instead. Should somebody change the job meanwhile, nothing is overwritten.',
    examples: ['jobs edit weekday-review', 'jobs edit weekday-review --file review.toml'],
  })
    .addArgument(new Argument('<job>', 'name or id'))
    .option('--file <file>', 'what `jobs export` printed, changed')
    .action(async (reference, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const { job: before, etag } = await client.jobs.get((await findJob(client, reference)).id);
      if (before.source !== 'dynamic')
        throw new AppError('read_only_definition', { id: before.id, source: before.source });
      const written = await entryOf(client, before);
      const { text, keptIn, remove } =
        options.file === undefined
          ? await editText(cli, { name: before.name, text: written })
          : {
              text: await readNamedFile(resolve(cli.environment.cwd, options.file)),
              keptIn: options.file,
              remove: () => Promise.resolve(),
            };
      try {
        const patch = text === written ? {} : await patchOf({ cli, client, before, written, text });
        const isChanged = Object.keys(patch).length > 0;
        const job = isChanged ? (await client.jobs.update(before.id, patch, { ifMatch: etag })).job : before;
        await remove();
        const lines = () =>
          isChanged ? [`Changed ${job.name} (${job.id}).`, ...scheduleLines(job, terminal)] : ['Nothing was changed.'];
        writeReply({ terminal, format: options.output, reply: { job }, items: [job], lines });
      } catch (error) {
        // What somebody has written must not be lost over a comma.
        terminal.err(`Your text is in ${keptIn}; when it is mended: rouse jobs edit ${before.id} --file ${keptIn}\n`);
        throw error;
      }
    });
}

async function entryOf(client: Client, job: ApiJob): Promise<string> {
  const { jobToml } = await import('../../config/automation-toml.ts');
  const workspaces = new Map((await client.workspaces.list()).map(({ id, path }) => [id, path]));
  return jobToml(job, { workspacePath: (id) => workspaces.get(id) });
}

async function editText(
  cli: Cli,
  p: { name: string; text: string },
): Promise<{ text: string; keptIn: string; remove: () => Promise<void> }> {
  const { VISUAL, EDITOR } = cli.environment.variables;
  const editor = VISUAL || EDITOR || (cli.terminal.interactive ? 'vi' : undefined);
  if (editor === undefined) {
    throw new UsageError('There is no terminal to edit on.', 'Set $EDITOR, or give the changed entry with --file.');
  }
  const folder = await mkdtemp(join(tmpdir(), 'rouse-edit-'));
  const keptIn = join(folder, `${p.name.replaceAll(/[^A-Za-z0-9_-]+/g, '-')}.toml`);
  await writeFile(keptIn, p.text, { mode: 0o600 });
  // Through a shell, because people write arguments into it: `code --wait`.
  const { status, error } = spawnSync(`${editor} '${keptIn}'`, { shell: true, stdio: 'inherit' });
  if (status !== 0) {
    await rm(folder, { recursive: true });
    throw new UsageError(
      `The editor ended with ${error?.message ?? status}. Nothing was changed.`,
      'Try again, or set $EDITOR.',
    );
  }
  return { text: await readFile(keptIn, 'utf8'), keptIn, remove: () => rm(folder, { recursive: true }) };
}

/** Compared entry with entry, so that whatever an entry cannot say stays as it is. */
async function patchOf(p: {
  cli: Cli;
  client: Client;
  before: ApiJob;
  written: string;
  text: string;
}): Promise<Record<string, unknown>> {
  const { readJobEntry } = await import('../../config/job-entry-text.ts');
  const [old, edited] = [readJobEntry(p.written), readJobEntry(p.text)];
  if (!edited.ok) throw new UsageError(edited.problem, 'Mend the text; nothing was changed.');
  if (!old.ok) throw new Error(old.problem);
  return replacementPatch(await onTheWire(p, old.entry), await onTheWire(p, edited.entry));
}

/** In files an agent and a workspace are called by what people know them as, and a schedule may be one text. */
async function onTheWire(
  p: { cli: Cli; client: Client },
  entry: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { cli, client } = p;
  const { agent, workspace, schedule, ...rest } = entry;
  return {
    ...rest,
    ...(agent === undefined ? {} : { agent_name: agent }),
    scope: workspace === undefined ? 'global' : 'workspace',
    ...(typeof workspace === 'string'
      ? { workspace_id: await findWorkspaceId({ client, reference: workspace, cwd: cli.environment.cwd }) }
      : {}),
    schedule:
      typeof schedule === 'string'
        ? await readSchedule({ client, text: schedule, tz: undefined, now: cli.terminal.now() })
        : schedule,
  };
}

async function readNamedFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'cannot be read';
    throw new UsageError(`${path} ${why}.`, 'Name a file with the changed entry, as `rouse jobs export` prints it.');
  }
}
