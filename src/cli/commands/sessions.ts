/** `rouse sessions`: the conversations with agents. */
import { Argument, Option, type Command } from '@commander-js/extra-typings';
import type { ApiSession } from '../../client/client.ts';
import { daemonCommand, groupCommand, type Cli } from '../command.ts';
import { findJob } from '../job-reference.ts';
import { collectPages, LIMIT_DEFAULT, moreLine } from '../list-pages.ts';
import { parseCount } from '../option-text.ts';
import { writeReply } from '../reply.ts';
import { followRun } from '../run-follow.ts';
import { factLines, tableLines } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { epochOf, localTime, whenText } from '../time-text.ts';
import { elapsedText, relativeText } from '../../lib/span-text.ts';
import { fullOption, printTranscript } from '../transcript-command.ts';

const sessionArgument = () => new Argument('<session>', 'id of the session');

function elapsed({ started_at, ended_at }: ApiSession): string {
  const started = epochOf(started_at);
  const ended = epochOf(ended_at);
  return started === undefined || ended === undefined ? 'goes on' : elapsedText(ended - started);
}

function tokens({ usage }: ApiSession): string {
  if (usage?.input_tokens === undefined && usage?.output_tokens === undefined) return '';
  return `${usage.input_tokens ?? 0} / ${usage.output_tokens ?? 0}`;
}

/** How much there is to read. */
function transcriptSize(session: ApiSession): string {
  const kilobytes = `${Math.ceil(session.transcript_bytes / 1024)} KiB`;
  return session.transcript_truncated ? `${kilobytes}, cut` : kilobytes;
}

function sessionLines(session: ApiSession, terminal: Terminal): string[] {
  const at = (text: string | undefined): string | undefined => {
    const epoch = epochOf(text);
    return epoch === undefined ? undefined : localTime(epoch, terminal.timeZone);
  };
  const removed = at(session.transcript_removed_at);
  const endedBy = [session.stop_reason, session.stop_detail].filter((text) => text !== undefined).join(': ');
  const cost = session.usage?.cost_usd;
  return factLines(
    [
      ['session', { text: session.id, hue: 'bold' }],
      ['run', session.run_id],
      ['automation', session.automation_id],
      ['agent', session.agent_name],
      ['its name there', session.agent_session_id],
      ['folder', session.cwd],
      ['started', at(session.started_at)],
      ['took', elapsed(session)],
      ['ended by', endedBy === '' ? undefined : endedBy],
      ['tokens', tokens(session) === '' ? undefined : tokens(session)],
      ['cost', cost === undefined ? undefined : `${cost} USD`],
      ['transcript', removed === undefined ? transcriptSize(session) : `removed by retention at ${removed}`],
    ],
    terminal.paintOut,
  );
}

function listCommand(cli: Cli) {
  return daemonCommand('list', {
    summary: 'List the conversations, newest first',
    examples: [
      'sessions list --since 1d',
      'sessions list --job weekday-review',
      'sessions list --agent reviewer -o json',
    ],
  })
    .alias('ls')
    .option('--job <job>', 'only of this job, by name or id')
    .option('--agent <agent>', 'only with this agent')
    .option('--since <when>', 'begun since then: a duration back from now such as 2h, or RFC 3339')
    .option('--until <when>', 'begun before then')
    .addOption(new Option('--limit <count>', 'so many at most').argParser(parseCount).default(LIMIT_DEFAULT))
    .action(async (options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const job = options.job === undefined ? undefined : await findJob(client, options.job);
      const filters = {
        ...(job === undefined ? {} : { automation_id: job.id }),
        ...(options.agent === undefined ? {} : { agent_name: options.agent }),
        ...(options.since === undefined ? {} : { since: whenText(options.since) }),
        ...(options.until === undefined ? {} : { until: whenText(options.until) }),
      };
      const { items: sessions, nextCursor } = await collectPages({
        limit: options.limit,
        async read(page) {
          const reply = await client.sessions.list({ ...filters, ...page });
          return { items: reply.sessions, nextCursor: reply.next_cursor };
        },
      });
      const lines = () =>
        sessions.length === 0
          ? ['No sessions: no agent has started yet, or none fits.']
          : [
              ...tableLines<ApiSession>({
                rows: sessions,
                terminalColumns: terminal.columns,
                paint: terminal.paintOut,
                columns: [
                  { title: 'SESSION', cell: ({ id }) => ({ text: id, hue: 'dim' }) },
                  { title: 'AGENT', cell: ({ agent_name }) => ({ text: agent_name, hue: 'bold' }), flexible: true },
                  {
                    title: 'STARTED',
                    cell: ({ started_at }) => relativeText(epochOf(started_at) ?? 0, terminal.now()),
                  },
                  { title: 'TOOK', cell: elapsed, align: 'right' },
                  { title: 'TOKENS', cell: tokens, align: 'right' },
                  { title: 'ENDED BY', cell: ({ stop_reason }) => stop_reason ?? '', flexible: true },
                ],
              }),
              ...moreLine(nextCursor, terminal),
            ];
      const reply = { sessions, ...(nextCursor === undefined ? {} : { next_cursor: nextCursor }) };
      writeReply({ terminal, format: options.output, reply, items: sessions, lines });
    });
}

function getCommand(cli: Cli) {
  return daemonCommand('get', {
    summary: 'Show a conversation: who, where, how long, what it used',
    examples: ['sessions get ses_0198c2', 'sessions get ses_0198c2 -o yaml'],
  })
    .alias('show')
    .addArgument(sessionArgument())
    .action(async (id, options) => {
      const session = await (await cli.connect(options)).sessions.get(id);
      const lines = () => sessionLines(session, cli.terminal);
      writeReply({ terminal: cli.terminal, format: options.output, reply: { session }, items: [session], lines });
    });
}

function transcriptCommand(cli: Cli) {
  return daemonCommand('transcript', {
    summary: 'Print what was said in a conversation',
    examples: [
      'sessions transcript ses_0198c2',
      'sessions transcript ses_0198c2 --follow',
      'sessions transcript ses_0198c2 --full -o jsonl',
    ],
  })
    .addArgument(sessionArgument())
    .option('-f, --follow', 'go on until the run has ended, and end as it did')
    .addOption(fullOption())
    .action(async (id, options) => {
      const client = await cli.connect(options);
      const { output: format, full = false } = options;
      if (options.follow) {
        const { run_id } = await client.sessions.get(id);
        return followRun(cli, { client, id: run_id, names: new Map(), format, full });
      }
      const whenEmpty = (): string => `Nothing is kept: rouse sessions get ${id}`;
      await printTranscript(cli, { read: (query) => client.sessions.transcript(id, query), format, full, whenEmpty });
    });
}

export function sessionsCommand(cli: Cli): Command {
  return groupCommand('sessions', 'Conversations with agents')
    .addCommand(listCommand(cli))
    .addCommand(getCommand(cli))
    .addCommand(transcriptCommand(cli));
}
