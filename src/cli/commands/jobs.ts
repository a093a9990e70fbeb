/** `rouse jobs`: the definitions woken by time. */
import { Option, type Command } from '@commander-js/extra-typings';
import type { ApiJob, Client } from '../../client/client.ts';
import { jobNoun } from '../automation-noun.ts';
import {
  automationArgument,
  deleteCommand,
  listCommand,
  resetCommand,
  runsCommand,
  switchCommand,
  writeAutomation,
} from './automation-verbs.ts';
import { exportCommand } from './export-automations.ts';
import { type Cli, daemonCommand, groupCommand } from '../command.ts';
import { UsageError } from '../failure.ts';
import { fireLines } from '../fire-text.ts';
import { findJob } from '../job-reference.ts';
import { jobFields, withJobOptions } from '../job-options.ts';
import { jobDetail, scheduleLines } from '../job-text.ts';
import { parseCount } from '../option-text.ts';
import { writeReply } from '../reply.ts';
import { showOutcome, followRun } from '../run-follow.ts';
import { editJobCommand } from './edit-job.ts';
import { backfillCommand } from './backfill.ts';
import { whenText } from '../time-text.ts';

function getCommand(cli: Cli) {
  return daemonCommand('get', {
    summary: 'Show a job with its next fires and its last run',
    examples: ['jobs get weekday-review', 'jobs get weekday-review -o yaml'],
  })
    .alias('show')
    .addArgument(automationArgument(jobNoun))
    .action(async (reference, options) => {
      const client = await cli.connect(options);
      // Asked for by id: a list says nothing of what was spent.
      const { job } = await client.jobs.get((await findJob(client, reference)).id);
      writeAutomation(cli, {
        noun: 'job',
        found: job,
        format: options.output,
        lines: () => jobDetail({ job, terminal: cli.terminal }),
      });
    });
}

function createCommand(cli: Cli) {
  const command = daemonCommand('create', {
    summary: 'Create a job',
    description:
      'Create a job. What the schedule means is echoed back in words, with the next five instants in their zone.',
    examples: [
      'jobs create --name weekday-review --agent reviewer --prompt "Review the changes since yesterday." --schedule "0 9 * * 1-5" --tz Europe/Paris',
      'jobs create --name poll --agent echo --prompt "Anything new?" --schedule every:30m --retry backoff:3:2s --fire-limit 4/1h',
      'jobs create --name launch --agent deployer --prompt - --schedule at:2026-12-01T09:00 < prompt.txt',
    ],
  })
    .requiredOption('--name <name>', 'what it is called, unique within its scope')
    .option('--disabled', 'create it switched off');
  return withJobOptions(command).action(async (options) => {
    const { terminal } = cli;
    if (options.schedule === undefined) {
      throw new UsageError(
        'A job needs --schedule.',
        'Write --schedule "0 9 * * 1-5", every:30m or at:2026-12-01T09:00.',
      );
    }
    const client = await cli.connect(options);
    const fields = await jobFields({ client, terminal, cwd: cli.environment.cwd, options });
    const enabled = options.disabled === true ? { enabled: false } : {};
    // Field by field this is what the person wrote; whether it is a job is for the daemon to say.
    const body = { scope: 'global', ...fields, ...enabled, name: options.name } as Parameters<
      Client['jobs']['create']
    >[0];
    const { job } = await client.jobs.create(body);
    writeAutomation(cli, {
      noun: 'job',
      found: job,
      format: options.output,
      lines: () => [`Created ${job.name} (${job.id}).`, ...scheduleLines(job, terminal)],
    });
  });
}

const UNSETTABLE = [
  'workspace_id',
  'node_labels',
  'overlap',
  'timeout',
  'queue_timeout',
  'priority',
  'session',
  'tags',
  'description',
  'retry',
  'fire_limit',
  'task',
  'budget',
  'success',
  'pause_after_failures',
] as const;

/**
 * A merge patch. A new schedule replaces the old one as a whole, so what the old one had and the new one has not is
 * removed by name; options such as `--tz` alone change only their own field.
 */
function schedulePatch(job: ApiJob, schedule: Record<string, unknown>): Record<string, unknown> {
  if (schedule['mode'] === undefined) return schedule;
  const modeFields = ['expr', 'interval', 'time'].filter(
    (field) => job.schedule !== undefined && field in job.schedule,
  );
  return { ...Object.fromEntries(modeFields.map((field) => [field, null])), ...schedule };
}

function updateCommand(cli: Cli) {
  const command = daemonCommand('update', {
    summary: 'Change a job',
    description: 'Change a job that was created here. What is not named stays as it is.',
    examples: [
      'jobs update weekday-review --schedule "30 8 * * 1-5"',
      'jobs update weekday-review --name morning-review --unset timeout --unset tags',
    ],
  })
    .addArgument(automationArgument(jobNoun))
    .option('--name <name>', 'another name')
    .addOption(
      new Option('--unset <field...>', 'remove a field, so that its default counts again').choices(UNSETTABLE),
    );
  return withJobOptions(command).action(async (reference, options) => {
    const { terminal } = cli;
    const client = await cli.connect(options);
    const found = await findJob(client, reference);
    // The patch builds on this reading of the job: should somebody change it meanwhile, the daemon refuses.
    const { job: before, etag } = await client.jobs.get(found.id);
    const fields = await jobFields({ client, terminal, cwd: cli.environment.cwd, options });
    const schedule = fields['schedule'] as Record<string, unknown> | undefined;
    const patch = {
      ...Object.fromEntries((options.unset ?? []).map((field) => [field, null])),
      ...(options.unset?.includes('workspace_id') ? { scope: 'global' } : {}),
      ...fields,
      ...(schedule === undefined ? {} : { schedule: schedulePatch(before, schedule) }),
      ...(options.name === undefined ? {} : { name: options.name }),
    };
    if (Object.keys(patch).length === 0) {
      throw new UsageError('Nothing to change was named.', 'Name a field: rouse jobs update --help lists them.');
    }
    const { job } = await client.jobs.update(before.id, patch as Parameters<Client['jobs']['update']>[1], {
      ifMatch: etag,
    });
    writeAutomation(cli, {
      noun: 'job',
      found: job,
      format: options.output,
      lines: () => [`Changed ${job.name} (${job.id}).`, ...scheduleLines(job, terminal)],
    });
  });
}

function runCommand(cli: Cli) {
  return daemonCommand('run', {
    summary: 'Run a job now',
    description:
      'Run a job now, without moving its schedule. With --wait or --follow the command ends as the run did: 0 completed, 10 failed, 11 canceled.',
    examples: [
      'jobs run weekday-review',
      'jobs run weekday-review --follow',
      'jobs run poll --prompt "Only this once" --wait',
    ],
  })
    .alias('trigger')
    .addArgument(automationArgument(jobNoun))
    .option('--prompt <text>', "instead of the job's own prompt; - reads it from standard input")
    .option('--wait', 'until the run has ended')
    .option('--follow', 'show the transcript while it runs')
    .action(async (reference, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const job = await findJob(client, reference);
      const prompt = options.prompt === '-' ? (await terminal.readInput()).trimEnd() : options.prompt;
      const { run } = await client.jobs.trigger(job.id, prompt === undefined ? {} : { prompt });
      const names = new Map([[job.id, job.name]]);
      if (options.follow) return followRun(cli, { client, id: run.id, names, format: options.output });
      const ended = options.wait ? await client.runs.wait(run.id, { pause: cli.pause }) : undefined;
      if (ended === undefined && run.status !== 'canceled') {
        const lines = () => [`Run ${run.id} of ${job.name} is ${run.status}. Watch it: rouse runs follow ${run.id}`];
        writeReply({ terminal, format: options.output, reply: { run }, items: [run], lines });
        return;
      }
      showOutcome(cli, { run: ended ?? run, names, format: options.output });
    });
}

function firesCommand(cli: Cli) {
  return daemonCommand('fires', {
    summary: 'List the instants of a job',
    description: 'List the instants that the schedule of a job names, without jitter and whatever its switch says.',
    examples: ['jobs fires weekday-review', 'jobs fires weekday-review --from 2026-03-25T00:00:00Z --count 20'],
  })
    .addArgument(automationArgument(jobNoun))
    .option('--from <when>', 'RFC 3339, or a duration back from now such as 24h')
    .addOption(new Option('--count <count>', 'how many').argParser(parseCount).default(10))
    .action(async (reference, options) => {
      const client = await cli.connect(options);
      const job = await findJob(client, reference);
      const reply = await client.jobs.fires(job.id, {
        count: options.count,
        ...(options.from === undefined ? {} : { from: whenText(options.from) }),
      });
      const { terminal } = cli;
      writeReply({
        terminal,
        format: options.output,
        reply,
        items: reply.fires,
        lines: () =>
          reply.fires.length === 0
            ? ['It fires never again.']
            : fireLines({ fires: reply.fires, now: terminal.now(), terminal }),
      });
    });
}

export function jobsCommand(cli: Cli): Command {
  return groupCommand('jobs', 'Definitions woken by time')
    .addCommand(listCommand(cli, jobNoun))
    .addCommand(getCommand(cli))
    .addCommand(createCommand(cli))
    .addCommand(updateCommand(cli))
    .addCommand(editJobCommand(cli))
    .addCommand(deleteCommand(cli, jobNoun))
    .addCommand(runCommand(cli))
    .addCommand(backfillCommand(cli))
    .addCommand(switchCommand(cli, jobNoun, { on: true }))
    .addCommand(switchCommand(cli, jobNoun, { on: false }))
    .addCommand(resetCommand(cli, jobNoun))
    .addCommand(exportCommand(cli, jobNoun))
    .addCommand(firesCommand(cli))
    .addCommand(runsCommand(cli, jobNoun));
}
