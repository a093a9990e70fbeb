/**
 * The planner's steps: deciding due jobs, placing cursors again, and saying when to look next.
 * This is the hot path of the whole program: per claim two updates of rows and two index lookups, nothing else.
 */
import { scheduler } from 'node:timers/promises';
import { AppError } from '../../errors/app-error.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Spending } from '../account-store.ts';
import type { CursorStore, DueJob, FireDecision, PlannedFire } from '../cursor-store.ts';
import type { Cursor, PlaceCursor } from '../cursor.ts';
import { readFacts, readSpentToday } from './acceptance-facts.ts';
import { effectiveEnabled, effectiveJob } from '../rows/automation-row.ts';
import { placeAgain } from './automation-write.ts';
import type { Connection, Value } from './connection.ts';
import { parked } from '../rows/cursor-placing.ts';
import { CURSOR_COLUMNS, cursorOfTuple, writeCursor } from './cursor-row.ts';
import { makeCancellations } from './run-cancellation.ts';
import { createRuns } from './run-creation.ts';
import { parseDefinition } from '../rows/stored-definition.ts';

type Plan = Parameters<CursorStore['planFires']>[0];

/** Everything that a decision needs, and nothing else: at this rate each further column is felt. */
interface DueRow {
  seq: number;
  id: string;
  overlay_enabled: 0 | 1 | null;
  paused_at: EpochMs | null;
  created_at: EpochMs;
  updated_at: EpochMs;
  definition: string;
  cursor: Cursor;
}

const FROM = `select automations.seq, automations.id, overlay_enabled, paused_at, created_at, automations.updated_at, definition,
  ${CURSOR_COLUMNS} from cursors join automations on automations.seq = cursors.automation`;

/** Rows come as arrays here: objects with twenty fields would cost a tenth of the whole claim. */
function readDueRows(connection: Connection, sql: string, ...values: Value[]): DueRow[] {
  const statement = connection.prepare(sql);
  statement.setReturnArrays(true);
  return (statement.all(...values) as unknown as DueTuple[]).map((row) => ({
    seq: row[0],
    id: row[1],
    overlay_enabled: row[2],
    paused_at: row[3],
    created_at: row[4],
    updated_at: row[5],
    definition: row[6],
    cursor: cursorOfTuple(row, { at: 7, jobId: row[1] }),
  }));
}

type DueTuple = [number, string, 0 | 1 | null, EpochMs | null, EpochMs, EpochMs, string, ...unknown[]];

const ANY_DUE = 'select 1 from cursors where due_at <= ? limit 1';
const DUE = `${FROM} where cursors.due_at <= ? order by cursors.due_at, cursors.automation limit ?`;

export function planFires(connection: Connection, p: Plan): PlannedFire[] {
  // An idle tick takes no write lock.
  if (connection.one(ANY_DUE, p.now) === undefined) return [];
  try {
    return connection.write(() => {
      // Planning spends nothing, so one look serves the whole batch.
      const spentToday = readSpentToday(connection, p.daily_since);
      return dueRows(connection, p).map((row) => planOne(connection, { ...p, spentToday }, row));
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    // Some decision broke a rule of the schema. One by one, so that it costs its own job the fire and nobody else.
    return planOneByOne(connection, p);
  }
}

function dueRows(connection: Connection, p: { now: EpochMs; limit: number }): DueRow[] {
  return readDueRows(connection, DUE, p.now, p.limit);
}

function planOneByOne(connection: Connection, p: Plan): PlannedFire[] {
  return dueRows(connection, p).map((row) => {
    try {
      const spentToday = readSpentToday(connection, p.daily_since);
      return connection.write(() => planOne(connection, { ...p, spentToday }, row));
    } catch (error) {
      if (error instanceof AppError) throw error;
      return connection.write(() => park(connection, { now: p.now, row, error: messageOf(error) }));
    }
  });
}

function planOne(connection: Connection, p: Plan & { spentToday: Spending }, row: DueRow): PlannedFire {
  const read = readJob(row);
  if (read.unreadable !== undefined) return park(connection, { now: p.now, row, error: read.unreadable });
  const { automation } = read;
  const enabled = effectiveEnabled(row, automation);
  const facts = readFacts(connection, {
    automationId: row.id,
    now: p.now,
    readable: read,
    spentToday: p.spentToday,
  });
  const due: DueJob = { job: effectiveJob(automation, enabled), cursor: row.cursor, facts };
  let decision: FireDecision;
  try {
    decision = p.decide(due);
  } catch (error) {
    return park(connection, { now: p.now, row, error: messageOf(error) });
  }
  writeCursor(connection, { automation: row.seq, cursor: decision.cursor, enabled });
  const alone = facts.unfinished.length === 0;
  const made =
    decision.cancellations.length === 0
      ? { canceled_run_ids: [], cancel_requested_run_ids: [] }
      : makeCancellations(connection, { now: p.now, automationId: row.id, cancellations: decision.cancellations });
  const { runs, existing } = createRuns(connection, { now: p.now, automation, runs: decision.runs, alone });
  const planned: PlannedFire = {
    job_id: row.id,
    runs,
    already_claimed: existing.map((run) => run.fire_id),
    ...made,
  };
  if (decision.cursor.parked_error !== undefined) planned.parked_error = decision.cursor.parked_error;
  return planned;
}

function readJob(row: DueRow): ReturnType<typeof parseDefinition> {
  const { id, created_at, updated_at } = row;
  return parseDefinition(row.definition, { id, kind: 'job', created_at, updated_at });
}

function park(connection: Connection, p: { now: EpochMs; row: DueRow; error: string }): PlannedFire {
  const { row, error } = p;
  const cursor = parked({ cursor: row.cursor, jobId: row.id, error, now: p.now });
  writeCursor(connection, { automation: row.seq, cursor, enabled: false });
  return {
    job_id: row.id,
    runs: [],
    already_claimed: [],
    canceled_run_ids: [],
    cancel_requested_run_ids: [],
    parked_error: error,
  };
}

/** Jobs per transaction: some ten milliseconds, so that whatever else is due comes in between. */
const REPLACE_BATCH = 500;
const REPLACE = {
  all: `${FROM} where cursors.automation > ? order by cursors.automation limit ${REPLACE_BATCH}`,
  parked: `${FROM} where parked_error is not null and cursors.automation > ? order by cursors.automation limit ${REPLACE_BATCH}`,
};

export async function replaceCursors(
  connection: Connection,
  p: { now: EpochMs; which: 'parked' | 'all'; placeCursor: PlaceCursor },
): Promise<{ parked: number }> {
  for (let after = 0; ;) {
    const rows = connection.write(() => {
      const batch = readDueRows(connection, REPLACE[p.which], after);
      for (const row of batch) replaceOne(connection, p, row);
      return batch;
    });
    const last = rows.at(-1);
    if (last === undefined || rows.length < REPLACE_BATCH) break;
    after = last.seq;
    await scheduler.yield();
  }
  const counted = connection.one<{ count: number }>(
    'select count(*) as count from cursors where parked_error is not null',
  );
  return { parked: counted?.count ?? 0 };
}

function replaceOne(connection: Connection, p: { now: EpochMs; placeCursor: PlaceCursor }, row: DueRow): void {
  const read = readJob(row);
  if (read.unreadable !== undefined) {
    park(connection, { now: p.now, row, error: read.unreadable });
    return;
  }
  const job = effectiveJob(read.automation, effectiveEnabled(row, read.automation));
  placeAgain(connection, { now: p.now, automation: row.seq, job, previous: job, placeCursor: p.placeCursor });
}

const WAKES = [
  'select min(due_at) as at from cursors where due_at > ?',
  `select min(available_at) as at from runs where queue = 'later' and available_at > ?`,
  `select min(expires_at) as at from runs where queue is not null and expires_at > ?`,
  'select min(due_at) as at from gatherings where due_at > ?',
  `select min(lease_expires_at) as at from tasks where status = 'claimed' and lease_expires_at > ?`,
];

export function nextWakeAt(connection: Connection, p: { after: EpochMs }): EpochMs | undefined {
  const instants = WAKES.map((sql) => connection.one<{ at: EpochMs | null }>(sql, p.after)?.at ?? null);
  const known = instants.filter((at) => at !== null);
  return known.length === 0 ? undefined : Math.min(...known);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
