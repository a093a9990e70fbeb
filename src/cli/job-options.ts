/** The options that describe a job, shared by `jobs create` and `jobs update`, and what they mean in the API's terms. */
import { Option, type Command } from '@commander-js/extra-typings';
import type { Client } from '../client/client.ts';
import { AppError } from '../errors/app-error.ts';
import { defined } from '../lib/defined.ts';
import { OVERLAP_POLICIES } from '../model/automation-fields.ts';
import type { Ownership } from '../model/job-task-config.ts';
import { CATCH_UP_POLICIES, type ScheduleSpec } from '../model/schedule/schedule-spec.ts';
import { UsageError } from './failure.ts';
import { parseCount, parseFireLimit, parseInteger, parseRetry } from './option-text.ts';
import { parseOwner } from './owner-text.ts';
import type { Terminal } from './terminal.ts';

const SCHEDULE_HELP = '"0 9 * * 1-5" (cron), every:30m, or at:2026-12-01T09:00 (wall time in the zone of --tz)';

/** Adds the options; `name`, `--agent` and the others are required only where a job is created, by the API's own rules. */
export function withJobOptions<Args extends unknown[], Opts extends Record<string, unknown>>(
  command: Command<Args, Opts>,
) {
  return command
    .option('--agent <agent>', 'who is prompted (rouse agents list)')
    .option('--prompt <text>', 'what is said; - reads it from standard input')
    .option('--schedule <schedule>', SCHEDULE_HELP)
    .option('--tz <zone>', "IANA time zone, such as Europe/Paris (default: the daemon's)")
    .option('--workspace <workspace>', 'bind it to a workspace, by name, id or path (default: global)')
    .addOption(
      new Option('--retry <retry>', 'none, or backoff:RETRIES:DELAY[:MAX], such as backoff:3:2s').argParser(parseRetry),
    )
    .addOption(new Option('--fire-limit <limit>', 'MAX/WINDOW, such as 4/1h').argParser(parseFireLimit))
    .addOption(new Option('--overlap <policy>', 'what a fire does while a run is unfinished').choices(OVERLAP_POLICIES))
    .addOption(new Option('--catch-up <policy>', 'what happens to missed instants').choices(CATCH_UP_POLICIES))
    .addOption(new Option('--grace <seconds>', 'how late skip_missed still runs').argParser(parseCount))
    .option('--jitter <duration>', 'spread starts over this long, such as 2m')
    .option('--timeout <duration>', 'longest life of a run, such as 30m; 0 is none')
    .option('--queue-timeout <duration>', 'give a run up that could not start within it')
    .addOption(new Option('--priority <number>', 'higher starts first').argParser(parseInteger))
    .addOption(
      new Option('--session <mode>', 'a new conversation each time, or the last one resumed').choices([
        'new',
        'resume',
      ]),
    )
    .option('--task', 'hand the work over as a task instead of prompting an agent')
    .option('--task-title <text>', 'what the task is called (default: the name of the job)')
    .addOption(
      new Option('--task-owner <owner>', 'whose task it is: KIND:REF, such as pool:triage').argParser(parseOwner),
    )
    .option('--task-channel <channel>', 'the network channel whose readers see the task')
    .option('--node-label <label...>', 'labels that a node must have to start it')
    .option('--tag <tag...>', 'tags, for finding it again')
    .option('--description <text>', 'what it is for');
}

/** What {@link withJobOptions} yields. */
export interface JobOptions {
  agent?: string | undefined;
  prompt?: string | undefined;
  schedule?: string | undefined;
  tz?: string | undefined;
  workspace?: string | undefined;
  retry?: ReturnType<typeof parseRetry> | undefined;
  fireLimit?: ReturnType<typeof parseFireLimit> | undefined;
  overlap?: (typeof OVERLAP_POLICIES)[number] | undefined;
  catchUp?: (typeof CATCH_UP_POLICIES)[number] | undefined;
  grace?: number | undefined;
  jitter?: string | undefined;
  timeout?: string | undefined;
  queueTimeout?: string | undefined;
  priority?: number | undefined;
  session?: string | undefined;
  task?: true | undefined;
  taskTitle?: string | undefined;
  taskOwner?: Ownership | undefined;
  taskChannel?: string | undefined;
  nodeLabel?: string[] | undefined;
  tag?: string[] | undefined;
  description?: string | undefined;
}

/**
 * Reads a schedule text. A wall time is meant in `--tz`, else in the daemon's zone, which is asked for only then:
 * "every 30 minutes" means the same everywhere.
 */
export async function readSchedule(p: {
  client: Client;
  text: string;
  tz: string | undefined;
  now: number;
}): Promise<ScheduleSpec> {
  // Only here, and only when asked: reading a wall time is the one thing that needs `Temporal`.
  await import('../clock/temporal.ts');
  const { parseScheduleText } = await import('../model/schedule/schedule-text.ts');
  const timezone = p.tz ?? (await p.client.status()).automation.timezone;
  const read = parseScheduleText(p.text, { timezone, now: p.now });
  if (!read.ok) {
    throw new AppError('validation_failed', { subject: 'schedule', problems: 1 }, { problems: [read.problem] });
  }
  return p.tz === undefined ? read.schedule : { ...read.schedule, timezone: p.tz };
}

/** A workspace by name, id or path; a path may be relative to the current folder. */
export async function findWorkspaceId(p: { client: Client; reference: string; cwd: string }): Promise<string> {
  const { resolve } = await import('node:path');
  const path = resolve(p.cwd, p.reference);
  const workspaces = await p.client.workspaces.list();
  const found =
    workspaces.find(({ id, name }) => id === p.reference || name === p.reference) ??
    workspaces.find((workspace) => workspace.path === path);
  if (found === undefined) throw new AppError('workspace_not_found', { workspace: p.reference });
  return found.id;
}

export async function promptOf(text: string | undefined, terminal: Terminal): Promise<string | undefined> {
  if (text !== '-') return text;
  const input = (await terminal.readInput()).trimEnd();
  if (input === '') throw new UsageError('Standard input is empty.', 'Pipe the prompt in: --prompt - < prompt.txt');
  return input;
}

/** What belongs to the schedule but has an option of its own. */
function scheduleExtras(options: JobOptions): Partial<ScheduleSpec> {
  return {
    ...(options.tz === undefined ? {} : { timezone: options.tz }),
    ...(options.catchUp === undefined ? {} : { catch_up_policy: options.catchUp }),
    ...(options.grace === undefined ? {} : { misfire_grace_seconds: options.grace }),
    ...(options.jitter === undefined ? {} : { jitter: options.jitter }),
  };
}

/** Any word about the task means that there is to be one. */
function taskFields(options: JobOptions): Record<string, unknown> | undefined {
  const { task, taskTitle: title, taskOwner: owner, taskChannel: channel } = options;
  if (task === undefined && title === undefined && owner === undefined && channel === undefined) return undefined;
  return {
    ...(title === undefined ? {} : { title }),
    ...(owner === undefined ? {} : { owner }),
    ...(channel === undefined ? {} : { network_channel: channel }),
  };
}

/** The fields that were given, on the wire's terms; nothing that was not. */
export async function jobFields(p: {
  client: Client;
  terminal: Terminal;
  cwd: string;
  options: JobOptions;
}): Promise<Record<string, unknown>> {
  const { client, options, terminal } = p;
  const prompt = await promptOf(options.prompt, terminal);
  const written =
    options.schedule === undefined
      ? undefined
      : await readSchedule({ client, text: options.schedule, tz: options.tz, now: terminal.now() });
  const schedule = { ...written, ...scheduleExtras(options) };
  const workspaceId =
    options.workspace === undefined
      ? undefined
      : await findWorkspaceId({ client, reference: options.workspace, cwd: p.cwd });
  const fields = {
    agent_name: options.agent,
    prompt,
    schedule: Object.keys(schedule).length === 0 ? undefined : schedule,
    scope: workspaceId === undefined ? undefined : 'workspace',
    workspace_id: workspaceId,
    retry: options.retry,
    fire_limit: options.fireLimit,
    overlap: options.overlap,
    timeout: options.timeout,
    queue_timeout: options.queueTimeout,
    priority: options.priority,
    session: options.session === undefined ? undefined : { mode: options.session },
    task: taskFields(options),
    node_labels: options.nodeLabel,
    tags: options.tag,
    description: options.description,
  };
  return defined(fields);
}
