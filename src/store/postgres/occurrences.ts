/** What the steps of this store have to tell: reading it with what it is about, and striking it off. */
import type { EpochMs } from '../../model/instant.ts';
import type { Occurrence, OccurrenceAutomation } from '../activation-store.ts';
import type { Connection } from './database.ts';
import { runOf } from '../rows/run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import { findRun } from './run-row.ts';
import { getSession } from './sessions.ts';
import { taskOf } from '../rows/task-row.ts';
import { findTask } from './task-row.ts';
import type { AutomationKind } from '../rows/stored-definition.ts';

interface OccurrenceRow {
  seq: number;
  at: EpochMs;
  kind: Occurrence['kind'];
  subject_id: string;
  detail: string | null;
}

const OLDEST = 'select * from occurrences order by seq limit ?';

/** Oldest first; `occurrence` is absent where what it is about is gone, which only a hand in the file can bring about. */
export async function readOccurrences(
  connection: Connection,
  p: { limit: number },
): Promise<{ seq: number; occurrence?: Occurrence }[]> {
  const found: { seq: number; occurrence?: Occurrence }[] = [];
  for (const row of await connection.all<OccurrenceRow>(OLDEST, p.limit)) {
    const occurrence = await occurrenceOf(connection, row);
    found.push(occurrence === undefined ? { seq: row.seq } : { seq: row.seq, occurrence });
  }
  return found;
}

export async function strikeOff(connection: Connection, seq: number): Promise<void> {
  await connection.run('delete from occurrences where seq = ?', seq);
}

async function occurrenceOf(connection: Connection, row: OccurrenceRow): Promise<Occurrence | undefined> {
  switch (row.kind) {
    case 'run.completed':
    case 'run.failed':
    case 'run.canceled': {
      const run = await findRun(connection, row.subject_id);
      return run === undefined ? undefined : runOccurrence(connection, { at: row.at, kind: row.kind, run });
    }
    case 'session.created':
    case 'session.stopped': {
      const session = await getSession(connection, { id: row.subject_id });
      const run = session === undefined ? undefined : await findRun(connection, session.run_id);
      if (session === undefined || run === undefined) return undefined;
      const automation = await automationOf(connection, run);
      return { at: row.at, kind: row.kind, session, run: runOf(run), automation };
    }
    case 'task.completed':
      return taskOccurrence(connection, row);
    case 'job.paused':
    case 'trigger.paused':
      return pauseOccurrence({ ...row, kind: row.kind });
  }
}

const RETRY = 'select 1 as one from runs where fire_id = ? and attempt = ?';

async function runOccurrence(
  connection: Connection,
  p: { at: EpochMs; kind: 'run.completed' | 'run.failed' | 'run.canceled'; run: FullRunRow },
): Promise<Occurrence> {
  const { run } = p;
  return {
    at: p.at,
    kind: p.kind,
    run: runOf(run),
    agent_name: run.agent_name,
    ...(run.workspace_id === '' ? {} : { workspace_id: run.workspace_id }),
    automation: await automationOf(connection, run),
    will_retry: (await connection.one(RETRY, run.fire_id, run.attempt + 1)) !== undefined,
  };
}

async function automationOf(connection: Connection, run: FullRunRow): Promise<OccurrenceAutomation> {
  const id = run.automation_id;
  const row = await connection.one<{ name: string }>('select name from automations where id = ?', id);
  return { id, kind: run.automation_kind, name: row?.name ?? id };
}

async function taskOccurrence(
  connection: Connection,
  p: { at: EpochMs; subject_id: string },
): Promise<Occurrence | undefined> {
  const row = await findTask(connection, p.subject_id);
  if (row === undefined) return undefined;
  const run = row.run_id === null ? undefined : await findRun(connection, row.run_id);
  const from = run === undefined ? undefined : { run: runOf(run), automation: await automationOf(connection, run) };
  return { at: p.at, kind: 'task.completed', task: taskOf(row), ...(from === undefined ? {} : { from }) };
}

interface PauseDetail {
  kind: AutomationKind;
  name: string;
  workspace_id: string;
  error: string | null;
  consecutive_failures: number;
}

function pauseOccurrence(row: OccurrenceRow & { kind: 'job.paused' | 'trigger.paused' }): Occurrence {
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
