/** The durable cursor of a job as a row: reading and writing it, one or many at once. */
import type { EpochMs } from '../../model/instant.ts';
import type { CatchUpPolicy } from '../../model/schedule/schedule-spec.ts';
import { orNull } from '../rows/value.ts';
import type { Cursor } from '../cursor.ts';
import { jsonRows } from './database.ts';
import type { Connection } from './database.ts';

export interface CursorRow {
  automation: number;
  due_at: EpochMs | null;
  next_run_at: EpochMs | null;
  last_run_at: EpochMs | null;
  last_scheduled_at: EpochMs | null;
  last_fire_id: string | null;
  schedule_hash: string | null;
  catch_up_policy: CatchUpPolicy;
  misfire_grace_seconds: number;
  consecutive_resume_failures: number;
  last_misfire_at: EpochMs | null;
  misfire_count: number;
  anchor_at: EpochMs | null;
  accounted_until: EpochMs | null;
  covered_until: EpochMs | null;
  covered_by: string | null;
  updated_at: EpochMs;
  parked_error: string | null;
}

export function cursorOf(row: CursorRow, jobId: string): Cursor {
  const cursor: Cursor = {
    job_id: jobId,
    catch_up_policy: row.catch_up_policy,
    misfire_grace_seconds: row.misfire_grace_seconds,
    consecutive_resume_failures: row.consecutive_resume_failures,
    misfire_count: row.misfire_count,
    updated_at: row.updated_at,
  };
  if (row.due_at !== null) cursor.due_at = row.due_at;
  if (row.next_run_at !== null) cursor.next_run_at = row.next_run_at;
  if (row.last_run_at !== null) cursor.last_run_at = row.last_run_at;
  if (row.last_scheduled_at !== null) cursor.last_scheduled_at = row.last_scheduled_at;
  if (row.last_fire_id !== null) cursor.last_fire_id = row.last_fire_id;
  if (row.schedule_hash !== null) cursor.schedule_hash = row.schedule_hash;
  if (row.last_misfire_at !== null) cursor.last_misfire_at = row.last_misfire_at;
  if (row.anchor_at !== null) cursor.anchor_at = row.anchor_at;
  if (row.accounted_until !== null) cursor.accounted_until = row.accounted_until;
  if (row.covered_until !== null && row.covered_by !== null) {
    cursor.covered = { until: row.covered_until, by: row.covered_by };
  }
  if (row.parked_error !== null) cursor.parked_error = row.parked_error;
  return cursor;
}

const READ_CURSORS = 'select * from cursors where automation = any(?)';

export async function readCursors(
  connection: Connection,
  automations: readonly number[],
): Promise<Map<number, CursorRow>> {
  if (automations.length === 0) return new Map();
  const rows = await connection.all<CursorRow>(READ_CURSORS, automations);
  return new Map(rows.map((row) => [row.automation, row]));
}

export async function readCursor(
  connection: Connection,
  p: { automation: number; jobId: string },
): Promise<Cursor | undefined> {
  const row = (await readCursors(connection, [p.automation])).get(p.automation);
  return row === undefined ? undefined : cursorOf(row, p.jobId);
}

const COLUMNS = `due_at, next_run_at, last_run_at, last_scheduled_at, last_fire_id, schedule_hash, catch_up_policy,
  misfire_grace_seconds, consecutive_resume_failures, last_misfire_at, misfire_count, anchor_at,
  accounted_until, covered_until, covered_by, updated_at, parked_error`;
const EXCLUDED = COLUMNS.split(',').map((name) => `excluded.${name.trim()}`);

const WRITE_CURSORS = `insert into cursors (automation, ${COLUMNS})
  select automation, ${COLUMNS} from json_populate_recordset(null::cursors, ?::json)
  on conflict (automation) do update set (${COLUMNS}) = (${EXCLUDED.join(', ')})`;

export interface CursorToWrite {
  automation: number;
  cursor: Cursor;
  enabled: boolean;
}

/**
 * Stores cursors. A job that is switched off or parked has no `due_at`, whatever the cursor says: such a row would
 * stand at the head of the planner's queue for ever.
 */
export async function writeCursors(connection: Connection, cursors: readonly CursorToWrite[]): Promise<void> {
  if (cursors.length > 0) await connection.run(WRITE_CURSORS, jsonRows(cursors.map(columnsOf)));
}

function columnsOf({ automation, cursor, enabled }: CursorToWrite): Record<string, string | number | null> {
  return {
    automation,
    due_at: orNull(enabled && cursor.parked_error === undefined ? cursor.due_at : undefined),
    next_run_at: orNull(cursor.next_run_at),
    last_run_at: orNull(cursor.last_run_at),
    last_scheduled_at: orNull(cursor.last_scheduled_at),
    last_fire_id: orNull(cursor.last_fire_id),
    schedule_hash: orNull(cursor.schedule_hash),
    catch_up_policy: cursor.catch_up_policy,
    misfire_grace_seconds: cursor.misfire_grace_seconds,
    consecutive_resume_failures: cursor.consecutive_resume_failures,
    last_misfire_at: orNull(cursor.last_misfire_at),
    misfire_count: cursor.misfire_count,
    anchor_at: orNull(cursor.anchor_at),
    accounted_until: orNull(cursor.accounted_until),
    covered_until: orNull(cursor.covered?.until),
    covered_by: orNull(cursor.covered?.by),
    updated_at: cursor.updated_at,
    parked_error: orNull(cursor.parked_error),
  };
}
