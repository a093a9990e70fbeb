/**
 * The planner's steps: deciding due jobs, placing cursors again, and saying when to look next.
 * This is the hot path of the whole program: per claim two updates of rows and two index lookups, nothing else.
 */
import { scheduler } from 'node:timers/promises';
import { AppError } from '../../errors/app-error.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { CursorStore, DueJob, FireDecision, PlaceCursor, PlannedFire } from '../store.ts';
import { readFacts } from './acceptance-facts.ts';
import { AUTOMATION_COLUMNS, effectiveEnabled, effectiveJob } from './automation-row.ts';
import type { AutomationRow } from './automation-row.ts';
import { placeAgain } from './automation-write.ts';
import type { Connection } from './connection.ts';
import { cursorOf, parked, writeCursor } from './cursor-row.ts';
import type { CursorRow } from './cursor-row.ts';
import { makeCancellations } from './run-cancellation.ts';
import { createRuns } from './run-creation.ts';
import { readDefinition } from './stored-definition.ts';

type Plan = Parameters<CursorStore['planFires']>[0];

interface DueRow extends Omit<AutomationRow, 'updated_at'>, CursorRow {
  definition_updated_at: EpochMs;
}

const DEFINITION = AUTOMATION_COLUMNS.replace(
  'automations.updated_at',
  'automations.updated_at as definition_updated_at',
);
const CURSOR =
  'cursors.due_at, next_run_at, last_run_at, last_scheduled_at, last_fire_id, schedule_hash, catch_up_policy, misfire_grace_seconds, consecutive_resume_failures, last_misfire_at, misfire_count, anchor_at, cursors.updated_at, parked_error';
const FROM = `select ${DEFINITION}, ${CURSOR} from cursors join automations on automations.seq = cursors.automation`;

const ANY_DUE = 'select 1 from cursors where due_at <= ? limit 1';
const DUE = `${FROM} where cursors.due_at <= ? order by cursors.due_at, cursors.automation limit ?`;

export function planFires(connection: Connection, p: Plan): PlannedFire[] {
  // An idle tick takes no write lock.
  if (connection.one(ANY_DUE, p.now) === undefined) return [];
  try {
    return connection.write(() => dueRows(connection, p).map((row) => planOne(connection, p, row)));
  } catch (error) {
    if (error instanceof AppError) throw error;
    // Some decision broke a rule of the schema. One by one, so that it costs its own job the fire and nobody else.
    return planOneByOne(connection, p);
  }
}

function dueRows(connection: Connection, p: { now: EpochMs; limit: number }): DueRow[] {
  return connection.prepare(DUE).all(p.now, p.limit) as unknown as DueRow[];
}

function planOneByOne(connection: Connection, p: Plan): PlannedFire[] {
  return dueRows(connection, p).map((row) => {
    try {
      return connection.write(() => planOne(connection, p, row));
    } catch (error) {
      if (error instanceof AppError) throw error;
      return connection.write(() => park(connection, { now: p.now, row, error: messageOf(error) }));
    }
  });
}

function planOne(connection: Connection, p: Plan, row: DueRow): PlannedFire {
  const read = readDefinition({ ...row, updated_at: row.definition_updated_at });
  if (read.unreadable !== undefined) return park(connection, { now: p.now, row, error: read.unreadable });
  const { automation } = read;
  const enabled = effectiveEnabled(row, read);
  const facts = readFacts(connection, {
    automationId: row.id,
    now: p.now,
    fireMax: automation.fire_limit.max,
    fireWindowMs: read.fireWindowMs,
  });
  const due: DueJob = { job: effectiveJob(automation, enabled), cursor: cursorOf(row, row.id), facts };
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

function park(connection: Connection, p: { now: EpochMs; row: DueRow; error: string }): PlannedFire {
  const { row, error } = p;
  const cursor = parked({ cursor: cursorOf(row, row.id), jobId: row.id, error, now: p.now });
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
      const batch = connection.all<DueRow>(REPLACE[p.which], after);
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
  const read = readDefinition({ ...row, updated_at: row.definition_updated_at });
  if (read.unreadable !== undefined) {
    park(connection, { now: p.now, row, error: read.unreadable });
    return;
  }
  const job = effectiveJob(read.automation, effectiveEnabled(row, read));
  placeAgain(connection, { now: p.now, automation: row.seq, job, previous: job, placeCursor: p.placeCursor });
}

const WAKES = [
  'select min(due_at) as at from cursors where due_at > ?',
  `select min(available_at) as at from runs where queue = 'later' and available_at > ?`,
  `select min(expires_at) as at from runs where status = 'scheduled' and expires_at > ?`,
];

export function nextWakeAt(connection: Connection, p: { after: EpochMs }): EpochMs | undefined {
  const instants = WAKES.map((sql) => connection.one<{ at: EpochMs | null }>(sql, p.after)?.at ?? null);
  const known = instants.filter((at) => at !== null);
  return known.length === 0 ? undefined : Math.min(...known);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
