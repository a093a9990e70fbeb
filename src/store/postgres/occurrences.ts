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
import type { Connection } from './database.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import { findRun } from './run-row.ts';
import { getSession } from './sessions.ts';
import { findTask } from './task-row.ts';

/** Oldest first; `occurrence` is absent where what it is about is gone, which only a hand in the file can bring about. */
export async function readOccurrences(
  connection: Connection,
  p: { limit: number },
): Promise<{ seq: number; occurrence?: Occurrence }[]> {
  const found: { seq: number; occurrence?: Occurrence }[] = [];
  for (const row of await connection.all<OccurrenceRow>(OLDEST_OCCURRENCES, p.limit)) {
    const occurrence = await occurrenceOf(connection, row);
    found.push(occurrence === undefined ? { seq: row.seq } : { seq: row.seq, occurrence });
  }
  return found;
}

export async function strikeOff(connection: Connection, seq: number): Promise<void> {
  await connection.run(STRIKE_OFF, seq);
}

async function occurrenceOf(connection: Connection, row: OccurrenceRow): Promise<Occurrence | undefined> {
  switch (row.kind) {
    case 'run.completed':
    case 'run.failed':
    case 'run.canceled': {
      const run = await findRun(connection, row.subject_id);
      return run === undefined ? undefined : toldOfRun(connection, { at: row.at, kind: row.kind, run });
    }
    case 'session.created':
    case 'session.stopped': {
      const session = await getSession(connection, { id: row.subject_id });
      const run = session === undefined ? undefined : await findRun(connection, session.run_id);
      if (session === undefined || run === undefined) return undefined;
      const automation = await automationOf(connection, run);
      return sessionOccurrence({ at: row.at, kind: row.kind, session, run, automation });
    }
    case 'task.completed':
      return toldOfTask(connection, row);
    case 'job.paused':
    case 'trigger.paused':
      return pauseOccurrence({ ...row, kind: row.kind });
  }
}

const RETRY = 'select 1 as one from runs where fire_id = ? and attempt = ?';

async function toldOfRun(
  connection: Connection,
  p: { at: EpochMs; kind: 'run.completed' | 'run.failed' | 'run.canceled'; run: FullRunRow },
): Promise<Occurrence> {
  const { run } = p;
  const automation = await automationOf(connection, run);
  const willRetry = (await connection.one(RETRY, run.fire_id, run.attempt + 1)) !== undefined;
  return runOccurrence({ ...p, automation, willRetry });
}

async function automationOf(connection: Connection, run: FullRunRow): Promise<OccurrenceAutomation> {
  return occurrenceAutomation(run, await connection.one<{ name: string }>(NAME_OF_AUTOMATION, run.automation_id));
}

async function toldOfTask(
  connection: Connection,
  p: { at: EpochMs; subject_id: string },
): Promise<Occurrence | undefined> {
  const task = await findTask(connection, p.subject_id);
  if (task === undefined) return undefined;
  const run = task.run_id === null ? undefined : await findRun(connection, task.run_id);
  const from = run === undefined ? undefined : { run, automation: await automationOf(connection, run) };
  return taskOccurrence({ at: p.at, task, from });
}
