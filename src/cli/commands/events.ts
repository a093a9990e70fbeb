/** `rouse events`: what happened, what came of it and why. */
import { Argument, Option } from '@commander-js/extra-typings';
import type { Command } from '@commander-js/extra-typings';
import type { Client } from '../../client/client.ts';
import { ACTIVATION_SOURCES } from '../../model/activation-envelope.ts';
import { findTrigger } from '../trigger-reference.ts';
import { type Cli, daemonCommand, groupCommand } from '../command.ts';
import { accountLines, acceptedLines, eventDetail, eventTable } from '../event-text.ts';
import { UsageError } from '../failure.ts';
import { findWorkspaceId } from '../job-options.ts';
import { collectPages, LIMIT_DEFAULT, moreLine } from '../list-pages.ts';
import { parseCount } from '../option-text.ts';
import { writeReply } from '../reply.ts';
import type { Terminal } from '../terminal.ts';
import { whenText } from '../time-text.ts';
import { triggerTestLines } from '../trigger-text.ts';

const eventArgument = () => new Argument('<event>', 'id of an event, evt_…');

/** JSON as an argument, or from standard input. */
export async function readJsonObject(
  written: string | undefined,
  p: { terminal: Terminal; option: string },
): Promise<Record<string, unknown> | undefined> {
  if (written === undefined) return undefined;
  const text = written === '-' ? await p.terminal.readInput() : written;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${p.option} is not JSON: ${reason}.`, `Write it as ${p.option} '{"branch": "main"}'.`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new UsageError(`${p.option} must be an object.`, `Write it as ${p.option} '{"branch": "main"}'.`);
}

function sendCommand(cli: Cli) {
  return daemonCommand('send', {
    summary: 'Tell an event',
    description:
      'Tell an event: stored and matched when the command ends; agents do their work afterwards. Told by the agent of a run, it carries the lineage of that run (ROUSE_RUN_ID).',
    examples: [
      'events send ext.deploy.done --data \'{"branch": "main", "sha": "abc123"}\'',
      'events send ext.mail --data - --id message-17 < mail.json',
      'events send ext.release --workspace checkout-api',
    ],
  })
    .addArgument(new Argument('<kind>', 'ext.<name>, or memory.consolidated'))
    .option('--data <json>', 'an object; - reads it from standard input')
    .option('--workspace <workspace>', 'where it happened, by name, id or path (default: global)')
    .option('--id <id>', 'your own name of it: the same once more starts nothing')
    .option('--occurred-at <when>', 'when it happened: RFC 3339, or a duration back from now such as 5m')
    .option('--cause <run>', 'the run that tells it (default: $ROUSE_RUN_ID)')
    .action(async (kind, options) => {
      const { terminal, environment } = cli;
      const data = await readJsonObject(options.data, { terminal, option: '--data' });
      const client = await cli.connect(options);
      const cause = options.cause ?? environment.variables['ROUSE_RUN_ID'];
      const { cwd } = environment;
      const workspaceId =
        options.workspace === undefined
          ? undefined
          : await findWorkspaceId({ client, reference: options.workspace, cwd });
      const accepted = await client.events.send({
        kind,
        ...(data === undefined ? {} : { data }),
        ...(workspaceId === undefined ? {} : { workspace_id: workspaceId }),
        ...(options.id === undefined ? {} : { id: options.id }),
        ...(options.occurredAt === undefined ? {} : { occurred_at: instantOf(options.occurredAt, terminal) }),
        ...(cause === undefined || cause === '' ? {} : { cause_run_id: cause }),
      });
      const lines = () => acceptedLines(accepted, terminal);
      writeReply({ terminal, format: options.output, reply: accepted, items: [accepted.event], lines });
    });
}

/** The API takes instants here; a person may also count back from now. */
function instantOf(written: string, terminal: Terminal): string {
  const back = /^(\d+)(ms|s|m|h|d)$/.exec(written);
  if (back === null) return written;
  const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[back[2] as 's'];
  return new Date(terminal.now() - Number(back[1]) * unitMs).toISOString();
}

function listCommand(cli: Cli) {
  return daemonCommand('list', {
    summary: 'List events, newest first',
    examples: ['events list', 'events list --kind run.failed --since 1h', 'events list --caused-by run_… -o jsonl'],
  })
    .alias('ls')
    .option('--kind <kind>', 'only of this kind')
    .addOption(new Option('--source <source>', 'only from there').choices(ACTIVATION_SOURCES))
    .option('--workspace <workspace>', 'only of this workspace, by name, id or path')
    .option('--caused-by <run>', 'only those that this run caused')
    .option('--since <when>', 'RFC 3339, or a duration back from now such as 2h')
    .option('--until <when>', 'the same')
    .addOption(new Option('--limit <count>', 'so many at most').argParser(parseCount).default(LIMIT_DEFAULT))
    .action(async (options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const workspaceId =
        options.workspace === undefined
          ? undefined
          : await findWorkspaceId({ client, reference: options.workspace, cwd: cli.environment.cwd });
      const query = {
        ...(options.kind === undefined ? {} : { kind: options.kind }),
        ...(options.source === undefined ? {} : { source: options.source }),
        ...(workspaceId === undefined ? {} : { workspace_id: workspaceId }),
        ...(options.causedBy === undefined ? {} : { cause_run_id: options.causedBy }),
        ...(options.since === undefined ? {} : { since: whenText(options.since) }),
        ...(options.until === undefined ? {} : { until: whenText(options.until) }),
      };
      const { items: events, nextCursor } = await collectPages({
        limit: options.limit,
        async read(page) {
          const { events: items, next_cursor } = await client.events.list({ ...query, ...page });
          return { items, nextCursor: next_cursor };
        },
      });
      writeReply({
        terminal,
        format: options.output,
        reply: { events, ...(nextCursor === undefined ? {} : { next_cursor: nextCursor }) },
        items: events,
        lines: () => [...eventTable({ events, terminal }), ...moreLine(nextCursor, terminal)],
      });
    });
}

function getCommand(cli: Cli) {
  return daemonCommand('get', {
    summary: 'Show an event: what was considered, what came of it, and where it came from',
    examples: ['events get evt_…', 'events get evt_… -o yaml'],
  })
    .alias('show')
    .addArgument(eventArgument())
    .action(async (id, options) => {
      const { terminal } = cli;
      const event = await (await cli.connect(options)).events.get(id);
      const lines = () => eventDetail(event, terminal);
      writeReply({ terminal, format: options.output, reply: { event }, items: [event], lines });
    });
}

function explainCommand(cli: Cli) {
  return daemonCommand('explain', {
    summary: 'Say why an event did or did not wake somebody',
    description:
      'Say what became of an event and why. With a trigger: hold that trigger against it, condition by condition, as it stands now.',
    examples: ['events explain evt_…', 'events explain evt_… deploy-check'],
  })
    .addArgument(eventArgument())
    .addArgument(new Argument('[trigger]', 'name or id of a trigger'))
    .action(async (id, reference, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      if (reference !== undefined) return explainFor(cli, { client, id, reference, format: options.output });
      const event = await client.events.get(id);
      // The first line of the account is the empty one that parts it from the facts.
      const lines = () => accountLines(event, terminal).slice(1);
      writeReply({ terminal, format: options.output, reply: { event }, items: [event], lines });
    });
}

async function explainFor(
  cli: Cli,
  p: { client: Client; id: string; reference: string; format: Parameters<typeof writeReply>[0]['format'] },
): Promise<void> {
  const { client, id, reference, format } = p;
  const { terminal } = cli;
  const trigger = await findTrigger(client, reference);
  const test = await client.triggers.test(trigger.id, { event_id: id });
  writeReply({ terminal, format, reply: { test }, items: [test], lines: () => triggerTestLines(test, terminal) });
}

export function eventsCommand(cli: Cli): Command {
  return groupCommand('events', 'What happened, what came of it and why')
    .addCommand(sendCommand(cli))
    .addCommand(listCommand(cli))
    .addCommand(getCommand(cli))
    .addCommand(explainCommand(cli));
}
