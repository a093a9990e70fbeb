/** `rouse config`: what is written in the files, and what came of it. */
import type { Command } from '@commander-js/extra-typings';
import type { ConfigProblem } from '../../config/config-problem.ts';
import type { Client } from '../../client/client.ts';
import { EXIT_CODES } from '../../errors/exit-code.ts';
import { daemonCommand, groupCommand, type Cli } from '../command.ts';
import { hasDaemon } from '../home-folder.ts';
import type { PackageRecord } from '../../model/package-record.ts';
import type { Workspace } from '../../model/workspace.ts';
import { plainText } from '../paint.ts';
import { diffCommand } from './config-diff.ts';
import { writeReply } from '../reply.ts';
import { secretNotes } from '../secret-notes.ts';
import { tableLines } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { epochOf } from '../time-text.ts';

/** `file:line:column path: what is wrong`, which editors and terminals turn into a link. */
function problemLines(problem: ConfigProblem, terminal: Terminal, color: 'red' | 'yellow'): string[] {
  const { file, line, column, path, message, frame } = problem;
  const place = [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':');
  const about = path === '' ? '' : ` ${terminal.paintOut('bold', plainText(path))}`;
  const frameLines =
    frame === undefined
      ? []
      : plainText(frame)
          .trimEnd()
          .split('\n')
          .map((text) => `    ${text}`);
  return [`${terminal.paintOut(color, place)}${about}`, `  ${plainText(message)}`, ...frameLines];
}

/**
 * Entries may name workspaces that only the daemon's database knows. Where one runs it is asked; where none does,
 * such a name is reported as unknown, which the daemon would do as well if it were not registered.
 */
async function registeredWorkspaces(cli: Cli, home: string): Promise<Workspace[]> {
  if (!hasDaemon(home)) return [];
  const client = await cli.connect({ home });
  const workspaces = await client.workspaces.list();
  return workspaces.map((workspace) => ({ ...workspace, created_at: epochOf(workspace.created_at) ?? 0 }));
}

/** The same with packages: without a daemon nobody knows which were added. */
async function addedPackages(cli: Cli, home: string): Promise<PackageRecord[]> {
  if (!hasDaemon(home)) return [];
  const packages = await (await cli.connect({ home })).packages.list();
  return packages.map((one) => ({ ...one, added_at: epochOf(one.added_at) ?? 0 }));
}

/** `3 jobs`; undefined for none. */
function counted(things: readonly unknown[], noun: string): string | undefined {
  if (things.length === 0) return undefined;
  return `${things.length} ${noun}${things.length === 1 ? '' : 's'}`;
}

function checkCommand(cli: Cli) {
  return daemonCommand('check', {
    summary: 'Say what is wrong with the configuration files',
    description:
      'Read the files of the home as a daemon would, and say what is wrong where. Nothing is changed and no daemon is needed. Ends with 5 when there are problems; notes, such as a secret that is not there yet, keep nothing from taking effect, so with notes alone it ends with 0.',
    examples: ['config check', 'config check --home ~/rouse-test -o json'],
  }).action(async (options) => {
    const { terminal, environment } = cli;
    // Time zones are judged with it.
    await import('../../clock/temporal.ts');
    const { loadConfig } = await import('../../config/load-config.ts');
    const home = cli.homeOf(options);
    const workspaces = await registeredWorkspaces(cli, home);
    const packages = await addedPackages(cli, home);
    const variables = environment.variables;
    const config = await loadConfig({ home, now: terminal.now(), workspaces, packages, environment: variables });
    const { problems, files, jobs, triggers, agents } = config;
    const notes = [...config.notes, ...(await secretNotes({ cli, home, config }))];
    const counts = [counted(jobs, 'job'), counted(triggers, 'trigger'), counted(agents, 'agent')]
      .filter((text) => text !== undefined)
      .join(', ');
    writeReply({
      terminal,
      format: options.output,
      reply: { home, files, problems, notes },
      items: problems,
      lines() {
        if (files.length === 0) return [`There is no rouse.toml in ${home}. Make one: rouse init`];
        const noteLines = notes.flatMap((note) => problemLines(note, terminal, 'yellow'));
        if (problems.length === 0)
          return [
            ...noteLines,
            `${terminal.paintOut('green', '✓')} ${files.join(', ')}: ${counts === '' ? 'nothing to do yet' : counts}.`,
          ];
        const count = problems.length === 1 ? 'One problem' : `${problems.length} problems`;
        return [
          ...noteLines,
          ...problems.flatMap((problem) => problemLines(problem, terminal, 'red')),
          counts === '' ? `${count}.` : `${count}. What is right takes effect all the same: ${counts}.`,
        ];
      },
    });
    if (problems.length > 0) cli.endWith(EXIT_CODES.invalid);
  });
}

function explainConfigCommand(cli: Cli) {
  return daemonCommand('explain', {
    summary: 'Say every effective value and where it comes from',
    description:
      'Say every effective value and where it comes from: a file with its line, the environment, a flag of the running daemon, or the default. A running daemon is asked; without one the files are read.',
    examples: ['config explain', 'config explain automation', 'config explain daemon.port -o json'],
  })
    .argument('[path]', 'only what begins so, such as daemon or agents.reviewer')
    .action(async (path, options) => {
      const { terminal } = cli;
      const all = await effectiveValues(cli, cli.homeOf(options));
      const values = all.filter((value) => path === undefined || isBelow(value.path, path));
      const lines = () =>
        values.length === 0
          ? [`Nothing begins with ${path ?? ''}. All of it: rouse config explain`]
          : tableLines<ConfigValue>({
              rows: values,
              terminalColumns: terminal.columns,
              paint: terminal.paintOut,
              columns: [
                { title: 'PATH', cell: (value) => ({ text: plainText(value.path), hue: 'bold' }) },
                { title: 'VALUE', cell: ({ value }) => plainText(JSON.stringify(value) ?? ''), flexible: true },
                {
                  title: 'FROM',
                  cell: ({ from, file, line }) =>
                    file === undefined ? { text: from, hue: 'dim' } : `${file}:${line ?? 1}`,
                },
              ],
            });
      writeReply({ terminal, format: options.output, reply: { values }, items: values, lines });
      if (values.length === 0) cli.endWith(EXIT_CODES.not_found);
    });
}

type ConfigValue = Awaited<ReturnType<Client['config']['effective']>>[number];

async function effectiveValues(cli: Cli, home: string): Promise<ConfigValue[]> {
  if (hasDaemon(home)) return (await cli.connect({ home })).config.effective();
  await import('../../clock/temporal.ts');
  const { loadConfig } = await import('../../config/load-config.ts');
  const { explainConfig } = await import('../../config/explain-config.ts');
  const environment = cli.environment.variables;
  const values = explainConfig(await loadConfig({ home, now: cli.terminal.now(), workspaces: [], environment }));
  return values.map(({ path, value, origin }) =>
    typeof origin === 'string' ? { path, value, from: origin } : { path, value, from: 'file', ...origin },
  );
}

/** `daemon` means `daemon.port` and not `daemons`. */
function isBelow(path: string, beginning: string): boolean {
  return path === beginning || path.startsWith(`${beginning}.`) || path.startsWith(`${beginning}[`);
}

export function configCommand(cli: Cli): Command {
  return groupCommand('config', 'What is written in the files')
    .addCommand(checkCommand(cli))
    .addCommand(explainConfigCommand(cli))
    .addCommand(diffCommand(cli));
}
