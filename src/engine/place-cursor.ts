/**
 * Where a job's cursor belongs after its definition, its switch or the default zone changed (runtime section 2).
 * Pure. Editing the prompt of a job that is due this very moment must not lose the instant, and re-enabling must go on
 * along the same grid; both follow from touching the cursor only where the instants themselves changed.
 */
import { dayMs } from '../lib/calendar.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { MissedRange } from '../model/run.ts';
import { durationMs } from '../model/duration.ts';
import { budgetOf, catchUpPolicyOf, misfireGraceSecondsOf } from '../model/effective.ts';
import { jitterMs } from '../model/schedule/jitter.ts';
import { compileSchedule } from '../model/schedule/next-fires.ts';
import type { CompiledSchedule } from '../model/schedule/next-fires.ts';
import { scheduleHash } from '../model/schedule/schedule-hash.ts';
import type { Cursor, NewRun, PlaceCursor } from '../store/store.ts';
import { instantsWere, missedRow } from './missed-row.ts';

export function createPlaceCursor(p: { timezone: () => string }): PlaceCursor {
  return ({ job, previous, cursor, now }) => {
    try {
      const placed = placeCursor({ job, cursor, now, timezone: p.timezone() });
      return { cursor: placed, runs: undecidedRows({ previous, cursor, placed, now, timezone: p.timezone() }) };
    } catch (error) {
      return { cursor: parkedCursor({ job, cursor, now, error }), runs: [] };
    }
  };
}

/**
 * The row for instants that were due under the previous definition, had not been decided (the daemon was down, or the
 * tick had not come yet), and would vanish because the cursor leaves them behind.
 */
function undecidedRows(p: {
  previous: Job | undefined;
  cursor: Cursor | undefined;
  placed: Cursor;
  now: EpochMs;
  timezone: string;
}): NewRun[] {
  const first = p.cursor?.next_run_at;
  if (p.previous === undefined || p.cursor?.due_at === undefined || first === undefined || first > p.now) return [];
  if (p.placed.next_run_at === first) return [];
  const missed = undecidedRange({ previous: p.previous, cursor: p.cursor, first, now: p.now, timezone: p.timezone });
  const { count } = missed;
  p.placed.misfire_count += count;
  p.placed.last_misfire_at = p.now;
  // They have their row now. Should the clock be set back and the job switched on again, a cursor that stood on one of
  // them would give its next range the identity of this row, and the whole range would have none.
  p.placed.last_scheduled_at = Math.max(missed.last, p.placed.last_scheduled_at ?? missed.last);
  return [
    missedRow({
      job: p.previous,
      missed,
      reason: 'misfire',
      error: `${instantsWere(count)} due and not yet started when the job was changed`,
      now: p.now,
    }),
  ];
}

/**
 * From the first undecided instant to now, along the grid that the cursor was placed on. When that grid is not known any
 * more (the default zone changed, or a zone vanished), only the instant that the cursor names is certain to have been.
 */
function undecidedRange(p: {
  previous: Job;
  cursor: Cursor;
  first: EpochMs;
  now: EpochMs;
  timezone: string;
}): MissedRange {
  const { previous, cursor, first, now, timezone } = p;
  const onlyFirst = { count: 1, first, last: first };
  if (previous.schedule === undefined || scheduleHash(previous.schedule, timezone) !== cursor.schedule_hash) {
    return onlyFirst;
  }
  const schedule = scheduleOf({ job: previous, anchorAt: cursor.anchor_at ?? now, timezone });
  const last = schedule.prev(now);
  return last === null || last < first ? onlyFirst : { count: schedule.count(first - 1, last), first, last };
}

/** The instants of a job, on the grid that its cursor remembers. Throws when the stored schedule cannot be used. */
export function scheduleOf(p: { job: Job; anchorAt: EpochMs; timezone: string }): CompiledSchedule {
  if (p.job.schedule === undefined) throw new Error('the job has no schedule');
  return compileSchedule(p.job.schedule, { timezone: p.timezone, anchor: p.anchorAt });
}

/** The two fields that make a job due, or none: absent means that the planner never looks at it. */
export function dueAtOf(p: { job: Job; nextRunAt: EpochMs | undefined }): Pick<Cursor, 'next_run_at' | 'due_at'> {
  if (p.nextRunAt === undefined) return {};
  const jitter = p.job.schedule?.jitter;
  const delayMs = jitter === undefined ? 0 : jitterMs(p.job.id, p.nextRunAt, jitter);
  return { next_run_at: p.nextRunAt, due_at: p.nextRunAt + delayMs };
}

function placeCursor(p: { job: Job; cursor: Cursor | undefined; now: EpochMs; timezone: string }): Cursor {
  const { job, cursor, now } = p;
  const anchorAt = cursor?.anchor_at ?? now;
  const schedule = scheduleOf({ job, anchorAt, timezone: p.timezone });
  const hash = scheduleHash(job.schedule!, p.timezone);
  const sameInstants = cursor?.schedule_hash === hash;
  const { next_run_at, due_at: _due, parked_error: _parked, ...rest } = cursor ?? emptyCursor(job.id);
  const placed: Cursor = {
    ...rest,
    catch_up_policy: catchUpPolicyOf(job),
    misfire_grace_seconds: misfireGraceSecondsOf(job),
    schedule_hash: hash,
    consecutive_resume_failures: 0,
    updated_at: now,
  };
  // What a limit's row covers in advance are instants of the old schedule: of the new one it says nothing, and switching
  // the job off and on must not pass over them.
  const last = rest.last_scheduled_at;
  if (!sameInstants && last !== undefined) placed.last_scheduled_at = Math.min(last, now);
  if (!job.enabled) return placed;
  placed.anchor_at = anchorAt;
  if (sameInstants && next_run_at !== undefined) return { ...placed, ...dueAtOf({ job, nextRunAt: next_run_at }) };
  return {
    ...placed,
    ...dueAtOf({ job, nextRunAt: schedule.next(beginAfter({ job, cursor, now, sameInstants })) ?? undefined }),
  };
}

/** After which instant a job that was not due goes on. */
function beginAfter(p: { job: Job; cursor: Cursor | undefined; now: EpochMs; sameInstants: boolean }): EpochMs {
  if (p.sameInstants) return decidedUntil(p);
  // An edited schedule takes effect at once. A one-shot written with an instant in the past (only files may) is due at
  // once, and its policy decides.
  return p.job.schedule?.mode === 'at' ? Number.MIN_SAFE_INTEGER : p.now;
}

/**
 * Up to where instants have their outcome already: usually now, later where the row of a limit covers instants to come,
 * or where the clock was set back. Farther ahead than any limit reaches, only a clock that was wrong can have been.
 */
function decidedUntil(p: { job: Job; cursor: Cursor | undefined; now: EpochMs }): EpochMs {
  const last = p.cursor?.last_scheduled_at ?? p.now;
  // A day's budget covers instants until its midnight, so at most a day ahead.
  const reachMs = Math.max(durationMs(p.job.fire_limit.window), budgetOf(p.job).windowMs, dayMs);
  return last <= p.now + reachMs ? Math.max(p.now, last) : p.now;
}

/** Parked: never due, its error shown, and the failure counted; everything else that the cursor knew is kept. */
export function parkedCursor(p: { job: Job; cursor: Cursor | undefined; now: EpochMs; error: unknown }): Cursor {
  const { due_at: _due, ...rest } = p.cursor ?? emptyCursor(p.job.id);
  return {
    ...rest,
    parked_error: p.error instanceof Error ? p.error.message : String(p.error),
    consecutive_resume_failures: rest.consecutive_resume_failures + 1,
    updated_at: p.now,
  };
}

function emptyCursor(jobId: string): Cursor {
  return {
    job_id: jobId,
    catch_up_policy: 'skip_missed',
    misfire_grace_seconds: 60,
    consecutive_resume_failures: 0,
    misfire_count: 0,
    updated_at: 0,
  };
}
