/** What a step of the store has to tell, as a row, and the occurrences that are made of it. */
import type { EpochMs } from '../../model/instant.ts';
import type { Session } from '../../model/session.ts';
import type { Occurrence, OccurrenceAutomation } from '../activation-store.ts';
import { type FullRunRow, runOf } from './run-row.ts';
import type { AutomationKind } from './stored-definition.ts';
import { type TaskRow, taskOf } from './task-row.ts';

export interface OccurrenceRow {
  seq: number;
  at: EpochMs;
  kind: Occurrence['kind'];
  subject_id: string;
  detail: string | null;
}

export const OLDEST_OCCURRENCES = 'select * from occurrences order by seq limit ?';
export const STRIKE_OFF = 'delete from occurrences where seq = ?';
export const NAME_OF_AUTOMATION = 'select name from automations where id = ?';

/** `name` is absent when the automation is gone. */
export function occurrenceAutomation(run: FullRunRow, named: { name: string } | undefined): OccurrenceAutomation {
  return { id: run.automation_id, kind: run.automation_kind, name: named?.name ?? run.automation_id };
}

export function runOccurrence(p: {
  at: EpochMs;
  kind: 'run.completed' | 'run.failed' | 'run.canceled';
  run: FullRunRow;
  automation: OccurrenceAutomation;
  willRetry: boolean;
}): Occurrence {
  const { at, kind, run, automation } = p;
  return {
    at,
    kind,
    run: runOf(run),
    agent_name: run.agent_name,
    ...(run.workspace_id === '' ? {} : { workspace_id: run.workspace_id }),
    automation,
    will_retry: p.willRetry,
  };
}

export function sessionOccurrence(p: {
  at: EpochMs;
  kind: 'session.created' | 'session.stopped';
  session: Session;
  run: FullRunRow;
  automation: OccurrenceAutomation;
}): Occurrence {
  return { at: p.at, kind: p.kind, session: p.session, run: runOf(p.run), automation: p.automation };
}

/** `from` is the run that handed the task over, where it is known. */
export function taskOccurrence(p: {
  at: EpochMs;
  task: TaskRow;
  from: { run: FullRunRow; automation: OccurrenceAutomation } | undefined;
}): Occurrence {
  const from = p.from && { run: runOf(p.from.run), automation: p.from.automation };
  return { at: p.at, kind: 'task.completed', task: taskOf(p.task), ...(from === undefined ? {} : { from }) };
}

interface PauseDetail {
  kind: AutomationKind;
  name: string;
  workspace_id: string;
  error: string | null;
  consecutive_failures: number;
}

export function pauseOccurrence(row: OccurrenceRow & { kind: 'job.paused' | 'trigger.paused' }): Occurrence {
  const detail = JSON.parse(row.detail ?? '{}') as PauseDetail;
  return {
    at: row.at,
    kind: row.kind,
    automation: { id: row.subject_id, kind: detail.kind, name: detail.name },
    ...(detail.workspace_id === '' ? {} : { workspace_id: detail.workspace_id }),
    error: detail.error ?? '',
    consecutive_failures: detail.consecutive_failures,
  };
}
