/**
 * What becomes of a due job: the heart of the planner, as a pure function of the job, its cursor, the facts and `now`.
 *
 * The cursor stands on the oldest instant not yet decided. Downtime, sleep, a stall and a clock that jumped forward
 * all look the same from here: several instants are due at once, and the catch-up policy says which of them run. Every
 * due instant leaves in exactly one row: its own run, or the one row that stands for its contiguous range.
 */
import { dayMs } from '../lib/calendar.ts';
import type { EpochMs } from '../model/instant.ts';
import { formatInstant } from '../model/instant.ts';
import { formatDuration } from '../model/duration.ts';
import { fireIdFor, runIdFor } from '../model/identifiers.ts';
import type { Job } from '../model/job.ts';
import type { RunReason } from '../model/run.ts';
import {
  catchUpMaxOf,
  catchUpPolicyOf,
  catchUpWindowMsOf,
  jitterSpreadMsOf,
  misfireGraceSecondsOf,
  overlapOf,
  priorityOf,
  queueTimeoutMsOf,
} from '../model/effective.ts';
import { jitterMs } from '../model/schedule/jitter.ts';
import type { CompiledSchedule } from '../model/schedule/next-fires.ts';
import type { AcceptanceFacts, NewRun, RunCancellation, UnfinishedRun } from '../store/acceptance.ts';
import type { DueJob, FireDecision } from '../store/cursor-store.ts';
import type { Cursor } from '../store/cursor.ts';
import { dayStart, exhaustedBudget } from './budget.ts';
import type { DailyBudget } from './budget.ts';
import { earliestAcceptance } from './fire-limit.ts';
import { limitsDigest } from './limits-digest.ts';
import { instantsWere, missedRow } from './missed-row.ts';
import { isExclusive, resolveOverlap } from './resolve-overlap.ts';
import { stableFraction } from './stable-fraction.ts';
import { dueAtOf } from './place-cursor.ts';

export interface FireSettings {
  /** Catch-up starts are spread over so many milliseconds. */
  catchUpSpreadMs: number;
  /** What all automations together may use in a day. */
  daily: DailyBudget;
}

/** How far a walk over jittered instants goes in one decision; the rest is found by the next tick. */
const JITTER_WALK_MAX = 1000;

export function decideFires(p: {
  due: DueJob;
  schedule: CompiledSchedule;
  now: EpochMs;
  settings: FireSettings;
}): FireDecision {
  const { job, cursor } = p.due;
  const first = cursor.next_run_at;
  const newest = first === undefined ? null : newestDue({ job, schedule: p.schedule, first, now: p.now });
  if (first === undefined || newest === null) {
    // The clock went back since the cursor was read as due, or jitter was taken away: nothing to decide yet.
    return { cursor: { ...cursor, ...dueAtOf({ job, nextRunAt: first }) }, runs: [], cancellations: [] };
  }

  const plan = planInstants({ job, schedule: p.schedule, first, newest, now: p.now });
  const acceptance = new Acceptance({
    job,
    facts: p.due.facts,
    now: p.now,
    schedule: p.schedule,
    newest,
    settings: p.settings,
  });
  if (plan.missed !== undefined) acceptance.recordMissed(plan.missed);
  for (const instant of plan.run) {
    acceptance.accept(instant, startOf({ job, instant, now: p.now, settings: p.settings }));
    if (acceptance.limitedUntil !== undefined) break;
  }
  return acceptance.decision(cursor);
}

/** The newest instant of the run of due ones that begins at `first`, or null when `first` itself is not due. */
function newestDue(p: { job: Job; schedule: CompiledSchedule; first: EpochMs; now: EpochMs }): EpochMs | null {
  const spread = jitterSpreadMsOf(p.job);
  const isDue = (instant: EpochMs): boolean => instant + jitterOf(p.job, instant) <= p.now;
  if (!isDue(p.first)) return null;
  // Everything older than the widest jitter is due for certain, so only the last stretch has to be walked.
  const certain = p.schedule.prev(p.now - spread);
  let newest = certain === null || certain < p.first ? p.first : certain;
  for (let step = 0; spread > 0 && step < JITTER_WALK_MAX; step += 1) {
    const next = p.schedule.next(newest);
    if (next === null || !isDue(next)) break;
    newest = next;
  }
  return newest;
}

interface MissedInstants {
  count: number;
  first: EpochMs;
  last: EpochMs;
}

/** Which of the due instants run, oldest first, and the range that does not. The missed ones always are the oldest. */
function planInstants(p: { job: Job; schedule: CompiledSchedule; first: EpochMs; newest: EpochMs; now: EpochMs }): {
  run: EpochMs[];
  missed?: MissedInstants;
} {
  const policy = catchUpPolicyOf(p.job);
  const windowMs = catchUpWindowMsOf(p.job);
  const insideWindow = (instant: EpochMs): boolean => windowMs === null || latenessMs({ ...p, instant }) <= windowMs;
  const candidates = {
    skip_missed: () =>
      latenessMs({ ...p, instant: p.newest }) <= misfireGraceSecondsOf(p.job) * 1000 ? [p.newest] : [],
    coalesce: () => [p.newest],
    replay: () => p.schedule.between(p.first - 1, p.newest, catchUpMaxOf(p.job)),
  }[policy]();
  const run = candidates.filter(insideWindow);
  const oldestThatRuns = run[0];
  const last = oldestThatRuns === undefined ? p.newest : p.schedule.prev(oldestThatRuns - 1);
  if (last === null || last < p.first) return { run };
  return { run, missed: { count: p.schedule.count(p.first - 1, last), first: p.first, last } };
}

/**
 * How late an instant is: past the end of its jitter span, not past its own jittered start. So an older instant is
 * never less late than a newer one, and what misses a bound is always one contiguous range.
 */
function latenessMs(p: { job: Job; instant: EpochMs; now: EpochMs }): number {
  return p.now - p.instant - jitterSpreadMsOf(p.job);
}

function jitterOf(job: Job, instant: EpochMs): number {
  const jitter = job.schedule?.jitter;
  return jitter === undefined ? 0 : jitterMs(job.id, instant, jitter);
}

/**
 * When an accepted instant may start. One that is late beyond its grace is a catch-up start: those are spread by a
 * stable amount per job, so that a machine that wakes after a weekend does not start everything in one second.
 */
function startOf(p: { job: Job; instant: EpochMs; now: EpochMs; settings: FireSettings }): Start {
  if (latenessMs(p) <= misfireGraceSecondsOf(p.job) * 1000) return { availableAt: p.now, catchUp: false };
  const spreadMs = Math.floor(stableFraction(`catch-up ${p.job.id}`) * p.settings.catchUpSpreadMs);
  return { availableAt: p.now + spreadMs, catchUp: true };
}

interface Start {
  availableAt: EpochMs;
  catchUp: boolean;
}

interface Obstacle {
  reason: 'fire_limit' | 'budget';
  /** From then on a run is possible again, as far as this is known now. */
  until: EpochMs;
  what: string;
}

/** Collects the rows of one decision, keeping the facts up to date between them. */
class Acceptance {
  limitedUntil: EpochMs | undefined;
  readonly #job: Job;
  readonly #now: EpochMs;
  readonly #schedule: CompiledSchedule;
  readonly #newest: EpochMs;
  readonly #accepted: EpochMs[];
  readonly #facts: AcceptanceFacts;
  readonly #settings: FireSettings;
  #unfinished: UnfinishedRun[];
  readonly #runs: NewRun[] = [];
  readonly #cancellations: RunCancellation[] = [];
  #missedCount = 0;
  /** Ahead of the newest due instant where the row of a limit covers instants to come. */
  #lastDecided: EpochMs;
  #lastAccepted: NewRun | undefined;

  constructor(p: {
    job: Job;
    facts: AcceptanceFacts;
    now: EpochMs;
    schedule: CompiledSchedule;
    newest: EpochMs;
    settings: FireSettings;
  }) {
    this.#facts = p.facts;
    this.#settings = p.settings;
    this.#job = p.job;
    this.#now = p.now;
    this.#schedule = p.schedule;
    this.#newest = p.newest;
    this.#lastDecided = p.newest;
    this.#accepted = [...p.facts.accepted];
    this.#unfinished = [...p.facts.unfinished];
  }

  recordMissed(missed: MissedInstants): void {
    this.#missedCount = missed.count;
    const error = misfireSentence({ job: this.#job, missed, now: this.#now });
    this.#runs.push(missedRow({ job: this.#job, missed, reason: 'misfire', error, now: this.#now }));
  }

  accept(instant: EpochMs, start: Start): void {
    const run = this.#newRun(instant, start);
    // A clock that had been wrong let this instant come once before, and its run still waits or works.
    if (this.#unfinished.some((other) => other.id === run.id)) return;
    const policy = overlapOf(this.#job);
    const verdict = resolveOverlap({ policy, unfinished: this.#unfinished, newRunId: run.id });
    if (!verdict.accept) {
      this.#refuse(instant, 'overlap', verdict.error);
      return;
    }
    const obstacle = this.#obstacle();
    if (obstacle !== undefined) {
      this.#refuseUntil(instant, obstacle);
      return;
    }
    const given = new Set(verdict.cancellations.map((cancellation) => cancellation.run_id));
    // A running one that is asked to end stays unfinished until it has; a waiting one is gone at once.
    this.#unfinished = this.#unfinished.filter((other) => other.status === 'running' || !given.has(other.id));
    this.#withdrawOwn(verdict.cancellations);
    this.#unfinished.push({
      id: run.id,
      status: 'scheduled',
      kind: run.kind,
      scheduled_at: instant,
      created_at: this.#now,
      attempt: 1,
    });
    this.#accepted.push(run.accepted_at);
    this.#runs.push(run);
    this.#lastAccepted = run;
  }

  decision(cursor: Cursor): FireDecision {
    const next =
      this.limitedUntil === undefined ? this.#schedule.next(this.#newest) : this.#firstFrom(this.limitedUntil);
    const accepted = this.#lastAccepted;
    const { next_run_at: _next, due_at: _due, covered: _covered, ...rest } = cursor;
    return {
      cursor: {
        ...rest,
        ...this.#coverage(cursor),
        ...dueAtOf({ job: this.#job, nextRunAt: next ?? undefined }),
        last_scheduled_at: this.#lastDecided,
        accounted_until: Math.max(this.#newest, cursor.accounted_until ?? this.#newest),
        ...(accepted === undefined ? {} : { last_run_at: this.#now, last_fire_id: accepted.fire_id }),
        ...(this.#missedCount === 0 ? {} : { last_misfire_at: this.#now }),
        misfire_count: cursor.misfire_count + this.#missedCount,
        consecutive_resume_failures: 0,
        updated_at: this.#now,
      },
      runs: this.#runs,
      cancellations: this.#cancellations,
    };
  }

  #coverage(cursor: Cursor): Pick<Cursor, 'covered'> {
    if (this.#lastDecided <= this.#newest) return {};
    const { schedule_hash: scheduleHash } = cursor;
    const by = limitsDigest({ job: this.#job, scheduleHash, daily: this.#settings.daily });
    return { covered: { until: this.#lastDecided, by } };
  }

  #firstFrom(instant: EpochMs): EpochMs | null {
    return this.#schedule.next(Math.max(instant - 1, this.#newest));
  }

  #newRun(instant: EpochMs, start: Start): NewRun {
    const fireId = fireIdFor({ job_id: this.#job.id, scheduled_at: instant });
    const queueTimeoutMs = queueTimeoutMsOf(this.#job);
    return {
      id: runIdFor({ fire_id: fireId, attempt: 1 }),
      fire_id: fireId,
      attempt: 1,
      kind: 'schedule',
      status: 'scheduled',
      scheduled_at: instant,
      available_at: start.availableAt,
      accepted_at: this.#now,
      ...(queueTimeoutMs === null ? {} : { expires_at: start.availableAt + queueTimeoutMs }),
      priority: priorityOf(this.#job),
      exclusive: isExclusive(overlapOf(this.#job)),
      catch_up: start.catchUp,
    };
  }

  #refuse(instant: EpochMs, reason: RunReason, error: string): void {
    const { expires_at: _expires, ...row } = this.#newRun(instant, { availableAt: this.#now, catchUp: false });
    this.#runs.push({ ...row, status: 'canceled', reason, error });
  }

  /** What stands in the way of one more run, and until when; the later one where several do. */
  #obstacle(): Obstacle | undefined {
    const { max, window } = this.#job.fire_limit;
    const obstacles: Obstacle[] = [];
    const possibleAt = earliestAcceptance({ limit: this.#job.fire_limit, accepted: this.#accepted, at: this.#now });
    if (possibleAt > this.#now) {
      obstacles.push({
        reason: 'fire_limit',
        until: possibleAt,
        what: `${max === 1 ? 'one run' : `${max} runs`} within ${window} ${max === 1 ? 'was' : 'were'} accepted already`,
      });
    }
    const exhausted = exhaustedBudget({
      automation: this.#job,
      spent: this.#facts.spent,
      daily: this.#settings.daily,
      spentToday: this.#facts.spent_today,
    });
    if (exhausted !== undefined) {
      const until = exhausted.daily ? dayStart(this.#now) + dayMs : (this.#facts.spent_free_at ?? this.#now + dayMs);
      obstacles.push({ reason: 'budget', until, what: exhausted.sentence });
    }
    return obstacles.toSorted((a, b) => b.until - a.until)[0];
  }

  /**
   * One row stands for this instant and for all that follow on the grid before a run becomes possible again, and the
   * cursor goes on from there.
   */
  #refuseUntil(instant: EpochMs, obstacle: Obstacle): void {
    const last = Math.max(instant, this.#schedule.prev(obstacle.until - 1) ?? instant);
    const missed = { count: this.#schedule.count(instant - 1, last), first: instant, last };
    const error = `${obstacle.what}; the next run is possible at ${formatInstant(obstacle.until)}`;
    this.limitedUntil = obstacle.until;
    this.#lastDecided = last;
    this.#runs.push(missedRow({ job: this.#job, missed, reason: obstacle.reason, error, now: this.#now }));
  }

  /** A replayed instant may replace one that this very decision accepted: its row is settled before it is written. */
  #withdrawOwn(cancellations: readonly RunCancellation[]): void {
    for (const cancellation of cancellations) {
      const own = this.#runs.find((run) => run.id === cancellation.run_id && run.status === 'scheduled');
      if (own === undefined) {
        this.#cancellations.push(cancellation);
        continue;
      }
      own.status = 'canceled';
      own.reason = cancellation.reason;
      own.error = cancellation.error;
      own.actor = cancellation.actor;
      this.#accepted.splice(this.#accepted.lastIndexOf(own.accepted_at), 1);
    }
  }
}

function misfireSentence(p: { job: Job; missed: MissedInstants; now: EpochMs }): string {
  const policy = catchUpPolicyOf(p.job);
  const late = formatDuration(BigInt(Math.max(0, p.now - p.missed.last)) * 1_000_000n);
  return `${instantsWere(p.missed.count)} missed, found ${late} after the last of them (catch_up_policy: ${policy})`;
}
