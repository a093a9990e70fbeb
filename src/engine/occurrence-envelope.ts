/** What the world is told of what happened here: the envelope of each occurrence. Pure; ids are derived from the subject. */
import { defined } from '../lib/defined.ts';
import { occurrenceIdFor } from '../model/identifiers.ts';
import { formatInstant } from '../model/instant.ts';
import type { Run } from '../model/run.ts';
import type { Session } from '../model/session.ts';
import type { Task } from '../model/task.ts';
import type { NewActivation, Occurrence, OccurrenceAutomation } from '../store/activation-store.ts';

/** So much of an answer is told; the whole is in the run. */
const OUTPUT_CHARACTERS_MAX = 16_384;

type OfRun = Extract<Occurrence, { will_retry: boolean }>;
type OfSession = Extract<Occurrence, { session: Session }>;
type OfTask = Extract<Occurrence, { task: Task }>;
type OfPause = Extract<Occurrence, { error: string }>;

export function envelopeOfOccurrence(occurrence: Occurrence): NewActivation {
  if ('session' in occurrence) return ofSession(occurrence);
  if ('task' in occurrence) return ofTask(occurrence);
  return 'run' in occurrence ? ofRun(occurrence) : ofPause(occurrence);
}

function ofRun(occurrence: OfRun): NewActivation {
  const { run, kind, at, automation } = occurrence;
  return {
    ...causedBy({ run, automation }),
    ...placed(occurrence.workspace_id),
    id: occurrenceIdFor({ kind, subject_id: run.id }),
    kind,
    source: 'observer',
    occurred_at: at,
    data: {
      ...runFacts({ run, automation, agentName: occurrence.agent_name }),
      status: run.status,
      will_retry: occurrence.will_retry,
      ...defined({ error: run.error, reason: run.reason, exit_code: run.exit_code, actor: run.actor }),
      ...defined({ output: run.output?.slice(0, OUTPUT_CHARACTERS_MAX), usage: run.usage, missed: missedOf(run) }),
      ...instants({ scheduled_at: run.scheduled_at, started_at: run.started_at, ended_at: run.ended_at }),
      ...(run.started_at === undefined || run.ended_at === undefined
        ? {}
        : { duration_ms: run.ended_at - run.started_at }),
    },
  };
}

function ofSession(occurrence: OfSession): NewActivation {
  const { session, run, kind, at, automation } = occurrence;
  const stopped =
    kind === 'session.stopped'
      ? {
          // Both are there whenever it stopped, so that a prompt may name them without asking first.
          stop_reason: session.stop_reason ?? run.reason ?? run.status,
          stop_detail: session.stop_detail ?? run.error ?? '',
          run_status: run.status,
          ...defined({ usage: session.usage, output: run.output?.slice(0, OUTPUT_CHARACTERS_MAX) }),
          ...instants({ ended_at: session.ended_at }),
        }
      : {};
  return {
    ...causedBy({ run, automation }),
    ...placed(session.workspace_id),
    id: occurrenceIdFor({ kind, subject_id: session.id }),
    kind,
    source: 'observer',
    occurred_at: at,
    data: {
      session_id: session.id,
      ...runFacts({ run, automation, agentName: session.agent_name }),
      ...defined({ agent_session_id: session.agent_session_id, cwd: session.cwd }),
      ...instants({ started_at: session.started_at }),
      ...stopped,
    },
  };
}

function ofTask(occurrence: OfTask): NewActivation {
  const { task, from, kind, at } = occurrence;
  const { task_run: taskRun } = task;
  return {
    ...(from === undefined ? { depth: 0 } : causedBy(from)),
    ...placed(task.workspace_id),
    id: occurrenceIdFor({ kind, subject_id: task.id }),
    kind,
    source: 'observer',
    occurred_at: at,
    data: {
      task_id: task.id,
      task_run_id: taskRun.id,
      title: task.title,
      status: task.status,
      ...defined({ owner: task.owner, network_channel: task.network_channel, run_id: task.run_id }),
      ...defined({ output: taskRun.output?.slice(0, OUTPUT_CHARACTERS_MAX), completed_by: taskRun.ended_by }),
      ...(from === undefined ? {} : automationFacts(from.automation)),
      ...instants({ created_at: task.created_at, ended_at: taskRun.ended_at }),
    },
  };
}

function ofPause(occurrence: OfPause): NewActivation {
  const { automation, kind, at } = occurrence;
  return {
    ...placed(occurrence.workspace_id),
    id: occurrenceIdFor({ kind, subject_id: automation.id, at }),
    kind,
    source: 'observer',
    occurred_at: at,
    depth: 0,
    data: {
      ...automationFacts(automation),
      reason: occurrence.error,
      consecutive_failures: occurrence.consecutive_failures,
    },
  };
}

/** One run lies between what a run causes and what caused the run. */
export function causedBy(p: { run: Run; automation: { id: string } }): Pick<NewActivation, 'depth' | 'cause'> {
  return { depth: (p.run.depth ?? 0) + 1, cause: { run_id: p.run.id, automation_id: p.automation.id } };
}

function placed(workspaceId: string | undefined): Pick<NewActivation, 'scope' | 'workspace_id'> {
  return workspaceId === undefined ? { scope: 'global' } : { scope: 'workspace', workspace_id: workspaceId };
}

function automationFacts(automation: OccurrenceAutomation): Record<string, unknown> {
  const { id, kind, name } = automation;
  return {
    automation_id: id,
    automation_kind: kind,
    automation_name: name,
    [`${kind}_id`]: id,
    [`${kind}_name`]: name,
  };
}

function runFacts(p: { run: Run; automation: OccurrenceAutomation; agentName: string }): Record<string, unknown> {
  const { run } = p;
  return {
    run_id: run.id,
    ...automationFacts(p.automation),
    agent_name: p.agentName,
    attempt: run.attempt,
    run_kind: run.kind,
    ...defined({ fire_id: run.fire_id, event_id: run.event_id, session_id: run.session_id }),
  };
}

function missedOf(run: Run): Record<string, unknown> | undefined {
  if (run.missed === undefined) return undefined;
  const { count, first, last } = run.missed;
  return { count, first: formatInstant(first), last: formatInstant(last) };
}

function instants(fields: Record<string, number | undefined>): Record<string, string> {
  const known = Object.entries(fields).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return Object.fromEntries(known.map(([name, at]) => [name, formatInstant(at)]));
}
