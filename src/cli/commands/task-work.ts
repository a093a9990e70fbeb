/** The verbs of whoever works on a task: claim, heartbeat, complete, fail, release. All but the first need its lease token. */
import { Argument, Option } from '@commander-js/extra-typings';
import type { ApiTask } from '../../client/client.ts';
import { type Cli, daemonCommand } from '../command.ts';
import { UsageError } from '../failure.ts';
import { parseOwner } from '../owner-text.ts';
import { writeReply } from '../reply.ts';
import { EXIT_CODES } from '../../errors/exit-code.ts';
import { taskDetail } from '../task-text.ts';

const taskRunArgument = () => new Argument('<task-run>', 'id of the task run, from the claim');
const tokenOption = () =>
  new Option('--token <token>', 'lease token of the claim').env('ROUSE_LEASE_TOKEN').makeOptionMandatory();
const LEASE_HELP = 'how long the claim holds without a heartbeat, such as 10m (default 5m)';

export function claimCommand(cli: Cli) {
  return daemonCommand('claim', {
    summary: 'Take the next queued task that fits',
    description:
      'Take the next queued task that fits, priority first, then age. Ends with 7 when there is none. The lease token that it prints is what every later step needs.',
    examples: [
      'tasks claim --channel reviews --worker ada',
      'tasks claim --owner pool:triage --wait 10m --lease 30m -o json',
      'tasks claim --task task_0198c2',
    ],
  })
    .option('--worker <name>', 'how you call yourself')
    .option('--lease <duration>', LEASE_HELP)
    .option('--task <id>', 'this task and no other')
    .addOption(new Option('--owner <owner>', 'KIND:REF, such as pool:triage').argParser(parseOwner))
    .option('--channel <channel>', 'the network channel')
    .option('--workspace <workspace>', 'by name, id or path')
    .option('--wait <duration>', 'until there is one, at most this long (10m at most)')
    .action(async (options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const { worker, lease, task: id, owner, channel, workspace, wait } = options;
      const body = {
        ...(worker === undefined ? {} : { worker }),
        ...(lease === undefined ? {} : { lease }),
        ...(id === undefined ? {} : { task_id: id }),
        ...(owner === undefined ? {} : { owner }),
        ...(channel === undefined ? {} : { network_channel: channel }),
        ...(workspace === undefined ? {} : { workspace_id: workspace }),
      };
      const claim = await client.tasks.claim(body, wait === undefined ? {} : { wait });
      if (claim === null) cli.endWith(EXIT_CODES.unavailable);
      const lines = (): string[] => {
        if (claim === null) return ['There is no queued task that fits.'];
        const { task, lease_token: token } = claim;
        return [
          ...taskDetail(task, terminal),
          '',
          `lease token  ${token}`,
          `next         rouse tasks complete ${task.task_run.id} --token ${token} --result "…"`,
        ];
      };
      const items = claim === null ? [] : [claim];
      writeReply({ terminal, format: options.output, reply: { claim }, items, lines });
    });
}

function show(cli: Cli, p: { task: ApiTask; output: Parameters<typeof writeReply>[0]['format']; said: string }): void {
  const { task } = p;
  writeReply({ terminal: cli.terminal, format: p.output, reply: { task }, items: [task], lines: () => [p.said] });
}

export function heartbeatCommand(cli: Cli) {
  return daemonCommand('heartbeat', {
    summary: 'Prolong the lease of a claim',
    examples: ['tasks heartbeat trun_0198c2 --token 5f0c', 'tasks heartbeat trun_0198c2 --token 5f0c --lease 1h'],
  })
    .addArgument(taskRunArgument())
    .addOption(tokenOption())
    .option('--lease <duration>', LEASE_HELP)
    .action(async (id, options) => {
      const { token, lease } = options;
      const client = await cli.connect(options);
      const body = { lease_token: token, ...(lease === undefined ? {} : { lease }) };
      const task = await client.tasks.heartbeat(id, body);
      const until = task.task_run.lease_expires_at ?? '';
      show(cli, { task, output: options.output, said: `The lease of ${task.id} lasts until ${until}.` });
    });
}

export function endCommands(cli: Cli) {
  const complete = daemonCommand('complete', {
    summary: 'Say that the work is done',
    examples: [
      'tasks complete trun_0198c2 --token 5f0c --result "Two risks found."',
      'tasks complete trun_0198c2 --token 5f0c --result - < report.md',
    ],
  })
    .addArgument(taskRunArgument())
    .addOption(tokenOption())
    .option('--result <text>', 'what came of it; - reads it from standard input')
    .action(async (id, options) => {
      const output = await textOf(cli, options.result);
      const client = await cli.connect(options);
      const body = { lease_token: options.token, ...(output === undefined ? {} : { output }) };
      const task = await client.tasks.complete(id, body);
      show(cli, { task, output: options.output, said: `${task.id} is ${task.status}.` });
    });
  const fail = daemonCommand('fail', {
    summary: 'Say that the work cannot be done',
    examples: ['tasks fail trun_0198c2 --token 5f0c --error "The repository is gone."'],
  })
    .addArgument(taskRunArgument())
    .addOption(tokenOption())
    .requiredOption('--error <text>', 'why')
    .action(async (id, options) => {
      const client = await cli.connect(options);
      const task = await client.tasks.fail(id, { lease_token: options.token, error: options.error });
      show(cli, { task, output: options.output, said: `${task.id} is ${task.status}.` });
    });
  return [complete, fail];
}

async function textOf(cli: Cli, text: string | undefined): Promise<string | undefined> {
  if (text !== '-') return text;
  const input = (await cli.terminal.readInput()).trimEnd();
  if (input === '') throw new UsageError('Standard input is empty.', 'Pipe it in: --result - < report.md');
  return input;
}

export function releaseCommand(cli: Cli) {
  return daemonCommand('release', {
    summary: 'Give a task back into the queue',
    examples: ['tasks release trun_0198c2 --token 5f0c --reason "not mine to decide"'],
  })
    .addArgument(taskRunArgument())
    .addOption(tokenOption())
    .option('--reason <text>', 'why')
    .action(async (id, options) => {
      const { token, reason } = options;
      const client = await cli.connect(options);
      const task = await client.tasks.release(id, {
        lease_token: token,
        ...(reason === undefined ? {} : { reason }),
      });
      show(cli, { task, output: options.output, said: `${task.id} is ${task.status} again.` });
    });
}
