/**
 * Where a job's cursor belongs after its definition, its switch or the default zone changed (runtime section 2).
 * Pure. Editing the prompt of a job that is due this very moment must not lose the instant, and re-enabling must go on
 * along the same grid; both follow from touching the cursor only where the instants themselves changed.
 */
import { dayMs } from '../lib/calendar.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { MissedRange } from '../model/run.ts';
import { catchUpPolicyOf, misfireGraceSecondsOf } from '../model/effective.ts';
import { jitterMs } from '../model/schedule/jitter.ts';
import { compileSchedule } from '../model/schedule/next-fires.ts';
import type { CompiledSchedule } from '../model/schedule/next-fires.ts';
import { scheduleHash } from '../model/schedule/schedule-hash.ts';
import type { NewRun } from '../store/acceptance.ts';
import type { Cursor, PlaceCursor } from '../store/cursor.ts';
import type { DailyBudget } from './budget.ts';
import { limitsDigest } from './limits-digest.ts';
import { instantsWere, missedRow } from './missed-row.ts';

/** What placing asks of the configuration as it stands. */
export interface PlacingHouse {
  timezone(): string;
  /** The default zone before the present one: cursors that nobody placed since still stand on its instants. */
  formerTimezone?(): string | undefined;
  daily(): DailyBudget;
}

export function createPlaceCursor(house: PlacingHouse): PlaceCursor {
  return ({ job, previous, cursor, now }) => {
    try {
      const placed = placeCursor({ job, cursor, now, timezone: house.timezone(), daily: house.daily() });
      const zones = [house.timezone(), house.formerTimezone?.()].filter((zone) => zone !== undefined);
      return { cursor: placed, runs: undecidedRows({ previous, cursor, placed, now, zones }) };
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
  zones: readonly string[];
}): NewRun[] {
  const first = p.cursor?.next_run_at;
  if (p.previous === undefined || p.cursor?.due_at === undefined || first === undefined || first > p.now) return [];
  if (p.placed.next_run_at === first) return [];
  const missed = undecidedRange({ previous: p.previous, cursor: p.cursor, first, now: p.now, zones: p.zones });
  const { count } = missed;
  p.placed.misfire_count += count;
  p.placed.last_misfire_at = p.now;
  p.placed.last_scheduled_at = Math.max(missed.last, p.placed.last_scheduled_at ?? missed.last);
  p.placed.accounted_until = Math.max(missed.last, p.placed.accounted_until ?? missed.last);
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
 * more (a zone vanished), only the instant that the cursor names is certain to have been.
 */
function undecidedRange(p: {
  previous: Job;
  cursor: Cursor;
  first: EpochMs;
  now: EpochMs;
  zones: readonly string[];
}): MissedRange {
  const { previous, cursor, first, now } = p;
  const onlyFirst = { count: 1, first, last: first };
  const spec = previous.schedule;
  const timezone = spec && p.zones.find((zone) => scheduleHash(spec, zone) === cursor.schedule_hash);
  if (timezone === undefined) return onlyFirst;
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

function placeCursor(p: {
  job: Job;
  cursor: Cursor | undefined;
  now: EpochMs;
  timezone: string;
  daily: DailyBudget;
}): Cursor {
  const { job, cursor, now } = p;
  const anchorAt = cursor?.anchor_at ?? now;
  const schedule = scheduleOf({ job, anchorAt, timezone: p.timezone });
  const hash = scheduleHash(job.schedule!, p.timezone);
  const sameInstants = cursor?.schedule_hash === hash;
  const { next_run_at, due_at: _due, parked_error: _parked, ...rest } = settled({ ...p, hash });
  const placed: Cursor = {
    ...rest,
    catch_up_policy: catchUpPolicyOf(job),
    misfire_grace_seconds: misfireGraceSecondsOf(job),
    schedule_hash: hash,
    consecutive_resume_failures: 0,
    updated_at: now,
  };
  if (!job.enabled) return placed;
  placed.anchor_at = anchorAt;
  if (sameInstants && next_run_at !== undefined) return { ...placed, ...dueAtOf({ job, nextRunAt: next_run_at }) };
  // An edited schedule takes effect at once. A one-shot written with an instant in the past (only files may) is due at
  // once, and its policy decides.
  const begin = job.schedule?.mode === 'at' && !sameInstants ? Number.MIN_SAFE_INTEGER : beginAfter({ placed, now });
  return { ...placed, ...dueAtOf({ job, nextRunAt: schedule.next(begin) ?? undefined }) };
}

/**
 * What the cursor still says of the job as it is now: without what was only so because the clock was wrong, and without
 * what a limit's row covers in advance under another schedule or other limits. Either takes `next_run_at` along when
 * that stands behind it.
 */
function settled(p: { job: Job; cursor: Cursor | undefined; now: EpochMs; hash: string; daily: DailyBudget }): Cursor {
  const { job, now } = p;
  const cursor = p.cursor ?? emptyCursor(job.id);
  if (clockWasWrong({ cursor, now })) {
    const { next_run_at: _next, covered: _covered, ...rest } = cursor;
    return { ...rest, last_scheduled_at: now, accounted_until: now };
  }
  const { covered, next_run_at: nextRunAt, ...rest } = cursor;
  if (covered === undefined || covered.by === limitsDigest({ job, scheduleHash: p.hash, daily: p.daily }))
    return cursor;
  const uncovered: Cursor = { ...rest, last_scheduled_at: rest.accounted_until ?? now };
  // What is due by now lies behind all that was covered, and stays due.
  return nextRunAt === undefined || nextRunAt > now ? uncovered : { ...uncovered, next_run_at: nextRunAt };
}

/** Up to where instants have their outcome already: usually now, later where a limit's row or a clock set back says so. */
function beginAfter(p: { placed: Cursor; now: EpochMs }): EpochMs {
  return Math.max(p.now, p.placed.accounted_until ?? p.now, p.placed.covered?.until ?? p.now);
}

/**
 * A clock may be set back by up to a day without anything being decided twice. Farther ahead, what was decided was a
 * mistake of the clock, and waiting until the time comes again (a year, after a wrong battery) would be another one:
 * the job goes on from now. An instant that had its own row then keeps that one, the others get a second outcome.
 */
export const WRONG_CLOCK_MS = dayMs;

function clockWasWrong(p: { cursor: Cursor; now: EpochMs }): boolean {
  const until = p.cursor.accounted_until;
  return until !== undefined && until > p.now + WRONG_CLOCK_MS;
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
