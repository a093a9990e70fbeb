/** The durable cursor of a job as a row: reading and writing it. */
import type { CatchUpPolicy } from '../../model/schedule/schedule-spec.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Cursor } from '../cursor.ts';
import type { Connection } from './connection.ts';
import { orNull } from '../rows/value.ts';

/** In the order of {@link CursorTuple}. */
export const CURSOR_COLUMNS = `cursors.due_at, cursors.next_run_at, cursors.last_run_at, cursors.last_scheduled_at,
  cursors.last_fire_id, cursors.schedule_hash, cursors.catch_up_policy, cursors.misfire_grace_seconds,
  cursors.consecutive_resume_failures, cursors.last_misfire_at, cursors.misfire_count, cursors.anchor_at,
  cursors.updated_at, cursors.parked_error, cursors.accounted_until, cursors.covered_until, cursors.covered_by`;

type CursorTuple = [
  due_at: EpochMs | null,
  next_run_at: EpochMs | null,
  last_run_at: EpochMs | null,
  last_scheduled_at: EpochMs | null,
  last_fire_id: string | null,
  schedule_hash: string | null,
  catch_up_policy: CatchUpPolicy,
  misfire_grace_seconds: number,
  consecutive_resume_failures: number,
  last_misfire_at: EpochMs | null,
  misfire_count: number,
  anchor_at: EpochMs | null,
  updated_at: EpochMs,
  parked_error: string | null,
  accounted_until: EpochMs | null,
  covered_until: EpochMs | null,
  covered_by: string | null,
];

/** Reads the cursor whose columns begin at index `at` of a row that came as an array. */
export function cursorOfTuple(row: readonly unknown[], p: { at: number; jobId: string }): Cursor {
  const [
    dueAt,
    nextRunAt,
    lastRunAt,
    lastScheduledAt,
    lastFireId,
    scheduleHash,
    catchUpPolicy,
    misfireGraceSeconds,
    consecutiveResumeFailures,
    lastMisfireAt,
    misfireCount,
    anchorAt,
    updatedAt,
    parkedError,
    accountedUntil,
    coveredUntil,
    coveredBy,
  ] = row.slice(p.at) as CursorTuple;
  const cursor: Cursor = {
    job_id: p.jobId,
    catch_up_policy: catchUpPolicy,
    misfire_grace_seconds: misfireGraceSeconds,
    consecutive_resume_failures: consecutiveResumeFailures,
    misfire_count: misfireCount,
    updated_at: updatedAt,
  };
  if (dueAt !== null) cursor.due_at = dueAt;
  if (nextRunAt !== null) cursor.next_run_at = nextRunAt;
  if (lastRunAt !== null) cursor.last_run_at = lastRunAt;
  if (lastScheduledAt !== null) cursor.last_scheduled_at = lastScheduledAt;
  if (lastFireId !== null) cursor.last_fire_id = lastFireId;
  if (scheduleHash !== null) cursor.schedule_hash = scheduleHash;
  if (lastMisfireAt !== null) cursor.last_misfire_at = lastMisfireAt;
  if (anchorAt !== null) cursor.anchor_at = anchorAt;
  if (parkedError !== null) cursor.parked_error = parkedError;
  if (accountedUntil !== null) cursor.accounted_until = accountedUntil;
  if (coveredUntil !== null && coveredBy !== null) cursor.covered = { until: coveredUntil, by: coveredBy };
  return cursor;
}

const READ_CURSOR = `select ${CURSOR_COLUMNS} from cursors where automation = ?`;

export function readCursor(connection: Connection, p: { automation: number; jobId: string }): Cursor | undefined {
  const statement = connection.prepare(READ_CURSOR);
  statement.setReturnArrays(true);
  const row = statement.get(p.automation) as unknown[] | undefined;
  return row === undefined ? undefined : cursorOfTuple(row, { at: 0, jobId: p.jobId });
}

const ADVANCE_CURSOR = `update cursors set
  due_at = ?, next_run_at = ?, last_run_at = ?, last_scheduled_at = ?, last_fire_id = ?, schedule_hash = ?,
  catch_up_policy = ?, misfire_grace_seconds = ?, consecutive_resume_failures = ?, last_misfire_at = ?,
  misfire_count = ?, anchor_at = ?, updated_at = ?, parked_error = ?, accounted_until = ?, covered_until = ?,
  covered_by = ?
  where automation = ?`;

const INSERT_CURSOR = `insert into cursors (
  due_at, next_run_at, last_run_at, last_scheduled_at, last_fire_id, schedule_hash, catch_up_policy,
  misfire_grace_seconds, consecutive_resume_failures, last_misfire_at, misfire_count, anchor_at, updated_at,
  parked_error, accounted_until, covered_until, covered_by, automation
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/**
 * Stores the cursor. A job that is switched off or parked has no `due_at`, whatever the cursor says: such a row would
 * stand at the head of the planner's queue for ever.
 */
export function writeCursor(connection: Connection, p: { automation: number; cursor: Cursor; enabled: boolean }): void {
  const { cursor } = p;
  const dueAt = p.enabled && cursor.parked_error === undefined ? cursor.due_at : undefined;
  const values = [
    orNull(dueAt),
    orNull(cursor.next_run_at),
    orNull(cursor.last_run_at),
    orNull(cursor.last_scheduled_at),
    orNull(cursor.last_fire_id),
    orNull(cursor.schedule_hash),
    cursor.catch_up_policy,
    cursor.misfire_grace_seconds,
    cursor.consecutive_resume_failures,
    orNull(cursor.last_misfire_at),
    cursor.misfire_count,
    orNull(cursor.anchor_at),
    cursor.updated_at,
    orNull(cursor.parked_error),
    orNull(cursor.accounted_until),
    orNull(cursor.covered?.until),
    orNull(cursor.covered?.by),
    p.automation,
  ];
  if (connection.prepare(ADVANCE_CURSOR).run(...values).changes === 0) connection.prepare(INSERT_CURSOR).run(...values);
}
