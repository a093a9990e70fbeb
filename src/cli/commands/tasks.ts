/** `rouse tasks`: the work that jobs hand over, for the people and programs who look after it. */
import { Argument, Option, type Command } from '@commander-js/extra-typings';
import type { ApiTask } from '../../client/client.ts';
import { EXIT_CODES, type ExitCode } from '../../errors/exit-code.ts';
import { OWNER_KINDS } from '../../model/job-task-config.ts';
import { TASK_STATUSES } from '../../model/task.ts';
import { type Cli, daemonCommand, groupCommand } from '../command.ts';
import { UsageError } from '../failure.ts';
import { collectPages, LIMIT_DEFAULT, moreLine } from '../list-pages.ts';
import { parseCount, parseInteger } from '../option-text.ts';
import { parseOwner } from '../owner-text.ts';
import { writeReply } from '../reply.ts';
import { taskDetail, taskTable } from '../task-text.ts';
import type { OutputFormat } from '../terminal.ts';
import { waitWithin } from '../wait-within.ts';
import { claimCommand, endCommands, heartbeatCommand, releaseCommand } from './task-work.ts';

const OWNER_HELP = `KIND:REF, such as pool:triage (${OWNER_KINDS.join(', ')})`;

const ownerOption = () => new Option('--owner <owner>', OWNER_HELP).argParser(parseOwner);
const channelOption = () => new Option('--channel <channel>', 'the network channel');
const taskArgument = () => new Argument('<task>', 'id of the task');

function showTask(cli: Cli, p: { task: ApiTask; format: OutputFormat; said: string }): void {
  const { task } = p;
  writeReply({ terminal: cli.terminal, format: p.format, reply: { task }, items: [task], lines: () => [p.said] });
}

function listCommand(cli: Cli) {
  return daemonCommand('list', {
    summary: 'List the tasks, newest first',
    examples: ['tasks list --status queued', 'tasks list --owner pool:triage --channel reviews -o jsonl'],
  })
    .alias('ls')
    .addOption(new Option('--status <status>', 'only with this status').choices(TASK_STATUSES))
    .addOption(ownerOption())
    .addOption(channelOption())
    .option('--workspace <id>', 'only of this workspace')
    .option('--job <id>', 'only those that this job handed over')
    .addOption(new Option('--limit <count>', 'so many at most').argParser(parseCount).default(LIMIT_DEFAULT))
    .action(async (options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const { status, owner, channel, workspace, job } = options;
      const filters = {
        ...(status === undefined ? {} : { status }),
        ...(owner === undefined ? {} : { owner_kind: owner.kind, owner_ref: owner.ref }),
        ...(channel === undefined ? {} : { network_channel: channel }),
        ...(workspace === undefined ? {} : { workspace_id: workspace }),
        ...(job === undefined ? {} : { job_id: job }),
      };
      const { items: tasks, nextCursor } = await collectPages({
        limit: options.limit,
        async read(page) {
          const reply = await client.tasks.list({ ...filters, ...page });
          return { items: reply.tasks, nextCursor: reply.next_cursor };
        },
      });
      writeReply({
        terminal,
        format: options.output,
        reply: { tasks, ...(nextCursor === undefined ? {} : { next_cursor: nextCursor }) },
        items: tasks,
        lines: () => [...taskTable(tasks, terminal), ...moreLine(nextCursor, terminal)],
      });
    });
}

function getCommand(cli: Cli) {
  return daemonCommand('get', {
    summary: 'Show a task: who has it, and what came of it',
    examples: ['tasks get task_0198c2', 'tasks get task_0198c2 -o yaml'],
  })
    .alias('show')
    .addArgument(taskArgument())
    .action(async (id, options) => {
      const { terminal } = cli;
      const task = await (await cli.connect(options)).tasks.get(id);
      const lines = () => taskDetail(task, terminal);
      writeReply({ terminal, format: options.output, reply: { task }, items: [task], lines });
    });
}

function createCommand(cli: Cli) {
  return daemonCommand('create', {
    summary: 'Make a task by hand',
    examples: [
      'tasks create --title "Answer the auditor" --owner human:ada',
      'tasks create --title "Sort the new issues" --description - --channel reviews --key issues-2026-11-27 < issues.txt',
    ],
  })
    .requiredOption('--title <text>', 'what is to be done, in a line')
    .option('--description <text>', 'in full; - reads it from standard input')
    .addOption(ownerOption())
    .addOption(channelOption())
    .option('--workspace <workspace>', 'where, by name, id or path')
    .addOption(new Option('--priority <number>', 'higher is taken first').argParser(parseInteger))
    .option('--key <key>', 'asking again with the same key makes nothing new')
    .action(async (options) => {
      const { title, owner, channel, workspace, priority, key } = options;
      const description = await descriptionOf(cli, options.description);
      const client = await cli.connect(options);
      const task = await client.tasks.create({
        title,
        ...(description === undefined ? {} : { description }),
        ...(owner === undefined ? {} : { owner }),
        ...(channel === undefined ? {} : { network_channel: channel }),
        ...(workspace === undefined ? {} : { workspace_id: workspace }),
        ...(priority === undefined ? {} : { priority }),
        ...(key === undefined ? {} : { idempotency_key: key }),
      });
      showTask(cli, { task, format: options.output, said: `${task.id} is ${task.status}: ${task.title}` });
    });
}

async function descriptionOf(cli: Cli, text: string | undefined): Promise<string | undefined> {
  if (text !== '-') return text;
  const input = (await cli.terminal.readInput()).trimEnd();
  if (input === '') throw new UsageError('Standard input is empty.', 'Pipe it in: --description - < task.txt');
  return input;
}

/** As the task ended; a queued or claimed one has no end yet. */
const EXIT_CODE_OF: Readonly<Partial<Record<ApiTask['status'], ExitCode>>> = {
  completed: EXIT_CODES.ok,
  failed: EXIT_CODES.run_failed,
  canceled: EXIT_CODES.run_canceled,
};

function waitCommand(cli: Cli) {
  return daemonCommand('wait', {
    summary: 'Wait for the end of a task',
    description:
      'Wait for the end of a task, and end as it did: 0 completed, 10 failed, 11 canceled; 7 when --timeout is over first.',
    examples: ['tasks wait task_0198c2', 'tasks wait task_0198c2 --timeout 2h && publish'],
  })
    .addArgument(taskArgument())
    .option('--timeout <duration>', 'wait no longer, such as 2h')
    .action(async (id, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const { timeout } = options;
      const ended = await waitWithin(cli, {
        timeout,
        wait: (signal) => client.tasks.wait(id, { pause: cli.pause, signal }),
      });
      const task = ended ?? (await client.tasks.get(id));
      const lines = (): readonly string[] =>
        ended === undefined ? [`${task.id} is still ${task.status} after ${timeout}.`] : taskDetail(task, terminal);
      writeReply({ terminal, format: options.output, reply: { task }, items: [task], lines });
      cli.endWith(ended === undefined ? EXIT_CODES.unavailable : (EXIT_CODE_OF[task.status] ?? EXIT_CODES.ok));
    });
}

function cancelCommand(cli: Cli) {
  return daemonCommand('cancel', {
    summary: 'End a task, whoever works on it',
    examples: ['tasks cancel task_0198c2', 'tasks cancel task_0198c2 --reason "no longer needed"'],
  })
    .addArgument(taskArgument())
    .option('--reason <text>', 'why')
    .action(async (id, options) => {
      const client = await cli.connect(options);
      const task = await client.tasks.cancel(id, options.reason === undefined ? {} : { reason: options.reason });
      showTask(cli, { task, format: options.output, said: `${task.id} is ${task.status}.` });
    });
}

export function tasksCommand(cli: Cli): Command {
  const command = groupCommand('tasks', 'Work that is handed over to people and other agents')
    .addCommand(listCommand(cli))
    .addCommand(getCommand(cli))
    .addCommand(createCommand(cli))
    .addCommand(waitCommand(cli))
    .addCommand(claimCommand(cli))
    .addCommand(heartbeatCommand(cli));
  for (const end of endCommands(cli)) command.addCommand(end);
  return command.addCommand(releaseCommand(cli)).addCommand(cancelCommand(cli));
}
