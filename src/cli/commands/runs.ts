/** `rouse runs`: what became of every fire. */
import { Argument, Option, type Command } from '@commander-js/extra-typings';
import type { ApiJob, Client } from '../../client/client.ts';
import { EXIT_CODES } from '../../errors/exit-code.ts';
import { isFinished, RUN_REASONS, RUN_STATUSES, type RunReason, type RunStatus } from '../../model/run.ts';
import { type AutomationNoun, jobNoun, triggerNoun } from '../automation-noun.ts';
import { type Cli, daemonCommand, groupCommand } from '../command.ts';
import { findJob } from '../job-reference.ts';
import { findTrigger } from '../trigger-reference.ts';
import { collectPages, LIMIT_DEFAULT, moreLine } from '../list-pages.ts';
import { parseCount } from '../option-text.ts';
import { writeReply } from '../reply.ts';
import { followRun, outcomeLine, showOutcome } from '../run-follow.ts';
import { runDetail, runTable, type AutomationNames } from '../run-table.ts';
import type { OutputFormat } from '../terminal.ts';
import { whenText } from '../time-text.ts';
import { fullOption, printTranscript } from '../transcript-command.ts';
import { waitWithin } from '../wait-within.ts';
import { answerCommand } from './permission.ts';
import { retryCommand } from './retry.ts';

const runArgument = () => new Argument('<run>', 'id of the run');
/** Names are looked up for so many jobs and triggers; beyond that ids stand in the table. */
const NAMES_MAX = 500;

export function addRunFilters<Args extends unknown[], Opts extends Record<string, unknown>>(
  command: Command<Args, Opts>,
) {
  return command
    .addOption(new Option('--status <status>', 'only with this status').choices(RUN_STATUSES))
    .addOption(new Option('--reason <reason>', 'only with this reason').choices(RUN_REASONS))
    .option('--since <when>', 'created since then: a duration back from now such as 2h, or RFC 3339')
    .option('--until <when>', 'created before then')
    .addOption(new Option('--limit <count>', 'so many at most').argParser(parseCount).default(LIMIT_DEFAULT));
}

interface RunFilters {
  status?: RunStatus | undefined;
  reason?: RunReason | undefined;
  since?: string | undefined;
  until?: string | undefined;
  limit: number;
  output: OutputFormat;
}

/** What people call the automations of these runs. */
async function namesOf(client: Client): Promise<AutomationNames> {
  const [{ jobs }, { triggers }] = await Promise.all([
    client.jobs.list({ limit: NAMES_MAX }),
    client.triggers.list({ limit: NAMES_MAX }),
  ]);
  return new Map([...jobs, ...triggers].map(({ id, name }) => [id, name]));
}

/** The runs of all automations, or of one: `of` says whose. */
export async function listRuns(
  cli: Cli,
  p: {
    client: Client;
    options: RunFilters;
    of?: { id: string; name: string; runs: AutomationNoun<ApiJob>['runs'] };
  },
): Promise<void> {
  const { client, options, of } = p;
  const filters = {
    ...(options.status === undefined ? {} : { status: options.status }),
    ...(options.reason === undefined ? {} : { reason: options.reason }),
    ...(options.since === undefined ? {} : { since: whenText(options.since) }),
    ...(options.until === undefined ? {} : { until: whenText(options.until) }),
  };
  const { items: runs, nextCursor } = await collectPages({
    limit: options.limit,
    async read(page) {
      const query = { ...filters, ...page };
      if (of !== undefined) return of.runs(client, of.id, query);
      const reply = await client.runs.list(query);
      return { items: reply.runs, nextCursor: reply.next_cursor };
    },
  });
  const forPeople = options.output === 'table' && runs.length > 0;
  const names =
    of !== undefined ? new Map([[of.id, of.name]]) : forPeople ? await namesOf(client) : new Map<string, string>();
  writeReply({
    terminal: cli.terminal,
    format: options.output,
    reply: { runs, ...(nextCursor === undefined ? {} : { next_cursor: nextCursor }) },
    items: runs,
    lines: () => [...runTable({ runs, names, terminal: cli.terminal }), ...moreLine(nextCursor, cli.terminal)],
  });
}

async function whose(client: Client, options: { job?: string | undefined; trigger?: string | undefined }) {
  if (options.job !== undefined) return { of: { ...(await findJob(client, options.job)), runs: jobNoun.runs } };
  if (options.trigger === undefined) return {};
  return { of: { ...(await findTrigger(client, options.trigger)), runs: triggerNoun.runs } };
}

function listCommand(cli: Cli) {
  const command = daemonCommand('list', {
    summary: 'List the runs, newest first',
    examples: [
      'runs list --since 2h',
      'runs list --status failed --since 7d',
      'runs list --job weekday-review -o jsonl',
    ],
  })
    .alias('ls')
    .option('--job <job>', 'only of this job, by name or id')
    .addOption(new Option('--trigger <trigger>', 'only of this trigger, by name or id').conflicts('job'));
  return addRunFilters(command).action(async (options) => {
    const client = await cli.connect(options);
    await listRuns(cli, { client, options, ...(await whose(client, options)) });
  });
}

function getCommand(cli: Cli) {
  return daemonCommand('get', {
    summary: 'Show a run: what it did, or what it waits for',
    examples: ['runs get run_0198c2', 'runs get run_0198c2 -o yaml'],
  })
    .alias('show')
    .addArgument(runArgument())
    .action(async (id, options) => {
      const client = await cli.connect(options);
      const run = await client.runs.get(id);
      const names = options.output === 'table' ? await namesOf(client) : new Map<string, string>();
      const lines = () => runDetail({ run, names, terminal: cli.terminal });
      writeReply({ terminal: cli.terminal, format: options.output, reply: { run }, items: [run], lines });
    });
}

function transcriptCommand(cli: Cli) {
  return daemonCommand('transcript', {
    summary: 'Print what was said in a run',
    examples: [
      'runs transcript run_0198c2',
      'runs transcript run_0198c2 --follow',
      'runs transcript run_0198c2 -o jsonl',
    ],
  })
    .addArgument(runArgument())
    .option('-f, --follow', 'go on until the run has ended')
    .addOption(fullOption())
    .action(async (id, options) => {
      const client = await cli.connect(options);
      const { output: format, full = false } = options;
      if (options.follow) return followRun(cli, { client, id, names: new Map(), format, full });
      const whenEmpty = (sessionId: string | undefined): string =>
        sessionId === undefined
          ? 'Nothing was said: no agent has started.'
          : `Nothing is kept: rouse sessions get ${sessionId}`;
      await printTranscript(cli, { read: (query) => client.runs.transcript(id, query), format, full, whenEmpty });
    });
}

function cancelCommand(cli: Cli) {
  return daemonCommand('cancel', {
    summary: 'End a run',
    description: 'End a run in whatever state it is. A running agent is asked first, so the end may take a moment.',
    examples: ['runs cancel run_0198c2', 'runs cancel run_0198c2 --wait'],
  })
    .addArgument(runArgument())
    .option('--wait', 'until it has ended')
    .action(async (id, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const asked = await client.runs.cancel(id);
      const run = options.wait && !isFinished(asked.status) ? await client.runs.wait(id, { pause: cli.pause }) : asked;
      const lines = () => [isFinished(run.status) ? `${run.id} ${outcomeLine(cli, run)}` : `${run.id} is being ended.`];
      writeReply({ terminal, format: options.output, reply: { run }, items: [run], lines });
    });
}

function waitCommand(cli: Cli) {
  return daemonCommand('wait', {
    summary: 'Wait for the end of a run',
    description:
      'Wait for the end of a run, and end as it did: 0 completed, 10 failed, 11 canceled; 7 when --timeout is over first.',
    examples: ['runs wait run_0198c2', 'runs wait run_0198c2 --timeout 10m && deploy'],
  })
    .addArgument(runArgument())
    .option('--timeout <duration>', 'wait no longer, such as 10m')
    .action(async (id, options) => {
      const client = await cli.connect(options);
      const { timeout } = options;
      const ended = await waitWithin(cli, {
        timeout,
        wait: (signal) => client.runs.wait(id, { pause: cli.pause, signal }),
      });
      if (ended !== undefined) return showOutcome(cli, { run: ended, names: new Map(), format: options.output });
      const run = await client.runs.get(id);
      const lines = () => [`${run.id} is still ${run.status} after ${timeout}.`];
      writeReply({ terminal: cli.terminal, format: options.output, reply: { run }, items: [run], lines });
      cli.endWith(EXIT_CODES.unavailable);
    });
}

function followCommand(cli: Cli) {
  return daemonCommand('follow', {
    summary: 'Show the transcript of a run while it runs',
    description:
      'Show the transcript of a run from its beginning, live, and end as the run did: 0, 10 failed, 11 canceled.',
    examples: ['runs follow run_0198c2', 'runs follow run_0198c2 -o jsonl'],
  })
    .addArgument(runArgument())
    .addOption(fullOption())
    .action(async (id, options) => {
      const client = await cli.connect(options);
      const { output: format, full = false } = options;
      await followRun(cli, { client, id, names: new Map(), format, full });
    });
}

export function runsCommand(cli: Cli): Command {
  return groupCommand('runs', 'What became of every fire')
    .addCommand(listCommand(cli))
    .addCommand(getCommand(cli))
    .addCommand(transcriptCommand(cli))
    .addCommand(followCommand(cli))
    .addCommand(waitCommand(cli))
    .addCommand(cancelCommand(cli))
    .addCommand(retryCommand(cli))
    .addCommand(
      answerCommand(cli, { decision: 'allow', summary: 'Allow what the agent of a run asks', done: 'Allowed' }),
    )
    .addCommand(answerCommand(cli, { decision: 'deny', summary: 'Deny what the agent of a run asks', done: 'Denied' }));
}
