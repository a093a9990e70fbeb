/** What the steps of this store have to tell: reading it with what it is about, and striking it off. */
import type { EpochMs } from '../../model/instant.ts';
import type { Occurrence, OccurrenceAutomation } from '../activation-store.ts';
import {
  NAME_OF_AUTOMATION,
  OLDEST_OCCURRENCES,
  type OccurrenceRow,
  STRIKE_OFF,
  occurrenceAutomation,
  pauseOccurrence,
  runOccurrence,
  sessionOccurrence,
  taskOccurrence,
} from '../rows/occurrence-row.ts';
import type { Connection } from './connection.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import { findRun } from './run-row.ts';
import { getSession } from './sessions.ts';
import { findTask } from './task-row.ts';

/** Oldest first; `occurrence` is absent where what it is about is gone, which only a hand in the file can bring about. */
export function readOccurrences(
  connection: Connection,
  p: { limit: number },
): { seq: number; occurrence?: Occurrence }[] {
  return connection.all<OccurrenceRow>(OLDEST_OCCURRENCES, p.limit).map((row) => {
    const occurrence = occurrenceOf(connection, row);
    return occurrence === undefined ? { seq: row.seq } : { seq: row.seq, occurrence };
  });
}

export function strikeOff(connection: Connection, seq: number): void {
  connection.run(STRIKE_OFF, seq);
}

function occurrenceOf(connection: Connection, row: OccurrenceRow): Occurrence | undefined {
  switch (row.kind) {
    case 'run.completed':
    case 'run.failed':
    case 'run.canceled': {
      const run = findRun(connection, row.subject_id);
      return run === undefined ? undefined : toldOfRun(connection, { at: row.at, kind: row.kind, run });
    }
    case 'session.created':
    case 'session.stopped': {
      const session = getSession(connection, { id: row.subject_id });
      const run = session === undefined ? undefined : findRun(connection, session.run_id);
      if (session === undefined || run === undefined) return undefined;
      const automation = automationOf(connection, run);
      return sessionOccurrence({ at: row.at, kind: row.kind, session, run, automation });
    }
    case 'task.completed':
      return toldOfTask(connection, row);
    case 'job.paused':
    case 'trigger.paused':
      return pauseOccurrence({ ...row, kind: row.kind });
  }
}

const RETRY = 'select 1 from runs where fire_id = ? and attempt = ?';

function toldOfRun(
  connection: Connection,
  p: { at: EpochMs; kind: 'run.completed' | 'run.failed' | 'run.canceled'; run: FullRunRow },
): Occurrence {
  const { run } = p;
  const automation = automationOf(connection, run);
  const willRetry = connection.one(RETRY, run.fire_id, run.attempt + 1) !== undefined;
  return runOccurrence({ ...p, automation, willRetry });
}

function automationOf(connection: Connection, run: FullRunRow): OccurrenceAutomation {
  return occurrenceAutomation(run, connection.one<{ name: string }>(NAME_OF_AUTOMATION, run.automation_id));
}

function toldOfTask(connection: Connection, p: { at: EpochMs; subject_id: string }): Occurrence | undefined {
  const task = findTask(connection, p.subject_id);
  if (task === undefined) return undefined;
  const run = task.run_id === null ? undefined : findRun(connection, task.run_id);
  const from = run === undefined ? undefined : { run, automation: automationOf(connection, run) };
  return taskOccurrence({ at: p.at, task, from });
}
