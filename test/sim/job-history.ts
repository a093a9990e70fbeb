/**
 * What the definitions of one automation were, as they were durably written, and which instants a job's promised. Kept
 * by the witness from the rows themselves, apart from any cursor: it is what the cursors are held against.
 */
import type { EpochMs } from '../../src/model/instant.ts';
import { isTrigger } from '../../src/model/automation.ts';
import type { Automation } from '../../src/model/automation.ts';
import type { Job } from '../../src/model/job.ts';
import { compileSchedule } from '../../src/model/schedule/next-fires.ts';
import type { CompiledSchedule } from '../../src/model/schedule/next-fires.ts';
import { scheduleHash } from '../../src/model/schedule/schedule-hash.ts';

/** A clock that was ahead by no more than this has decided for good. */
const WRONG_CLOCK_MS = 86_400_000;

/** A time during which the job was switched on and its instants stayed the same. */
export interface Period {
  readonly schedule: CompiledSchedule;
  /**
   * What lies at or before was never promised: the wall time of the step that began it. When the clock was set back
   * since it showed a later time to this job, that later time counts: nothing is promised twice.
   */
  readonly from: EpochMs;
  /** Wall time of the step that ended it: what was due by then is accounted for, the rest was taken back. */
  until?: EpochMs;
  /** Deletion wins: what a job that is gone had not decided yet, it takes along. */
  endedByDeletion?: true;
}

export class JobHistory {
  readonly id: string;
  readonly periods: Period[] = [];
  /** As it effectively is; absent after it was deleted. */
  job: Automation | undefined;
  /** Of what the definition says, also while it is switched off; for reading rows. */
  schedule: CompiledSchedule | undefined;
  /** The newest instant that was due when a row accounted for it. A clock that goes back promises nothing anew. */
  #accountedUntil = Number.MIN_SAFE_INTEGER;
  #hash: string | undefined;
  #editions = 0;
  #corrections = 0;
  #anchorAt: EpochMs | undefined;

  constructor(id: string) {
    this.id = id;
  }

  get anchorAt(): EpochMs | undefined {
    return this.#anchorAt;
  }

  /**
   * Names the instants: changes exactly when an edit moves them or the limits that decide about them in advance, or the
   * job begins a new life under the same id. Going back to an earlier schedule or limit is an edit as well: what was
   * accounted for in advance was withdrawn by the one between.
   */
  get hash(): string | undefined {
    return this.#hash === undefined ? undefined : `${this.#hash} ${this.#editions}`;
  }

  /**
   * How often the clock turned out to have been wrong by more than a day since. Then the job goes on from now, and what
   * had been decided for later times may be decided once more.
   */
  get corrections(): number {
    return this.#corrections;
  }

  /** The cursor is placed at `now`, by whatever step. */
  place(now: EpochMs): void {
    if (this.#accountedUntil <= now + WRONG_CLOCK_MS) return;
    this.#accountedUntil = now;
    this.#corrections += 1;
  }

  account(until: EpochMs): void {
    this.#accountedUntil = Math.max(this.#accountedUntil, until);
  }

  write(p: { job: Automation | undefined; now: EpochMs; timezone: string }): void {
    const { job, now } = p;
    const open = this.periods.at(-1);
    const isOpen = open !== undefined && open.until === undefined;
    // A trigger promises no instant.
    const schedule = scheduleOf(job);
    if (job === undefined || schedule === undefined) {
      if (isOpen) Object.assign(open, { until: now, endedByDeletion: true });
      this.job = job;
      // A file may bring it back under the same id: then a new grid begins.
      this.#hash = undefined;
      this.#anchorAt = undefined;
      this.#accountedUntil = Number.MIN_SAFE_INTEGER;
      return;
    }
    this.place(now);
    const hash = scheduleHash(schedule, p.timezone);
    if (job.enabled) this.#anchorAt ??= now;
    const movesLimits = this.job !== undefined && limitsOf(job) !== limitsOf(this.job);
    const goesOn = isOpen && job.enabled && hash === this.#hash;
    const movesInstants = hash !== this.#hash;
    if (movesInstants || movesLimits) this.#editions += 1;
    this.schedule = compileSchedule(schedule, { timezone: p.timezone, anchor: this.#anchorAt ?? now });
    this.#hash = hash;
    this.job = job;
    if (goesOn) return;
    if (isOpen) open.until = now;
    if (!job.enabled) return;
    // A one-shot that a file puts into the past is due at once; switching one on again promises nothing.
    const switchedAt = [open?.from ?? now, open?.until ?? now].filter((at) => at <= now + WRONG_CLOCK_MS);
    const lastSwitchedAt = movesInstants ? now : Math.max(now, ...switchedAt);
    const from =
      schedule.mode === 'at' && movesInstants
        ? Number.MIN_SAFE_INTEGER
        : Math.max(lastSwitchedAt, this.#accountedUntil);
    this.periods.push({ schedule: this.schedule, from });
  }
}

/** What decides how far the row of a limit reaches ahead. */
function limitsOf({ fire_limit, budget }: Automation): string {
  return JSON.stringify([fire_limit, budget ?? {}]);
}

export function scheduleOf(automation: Automation | undefined): Job['schedule'] {
  return automation === undefined || isTrigger(automation) ? undefined : automation.schedule;
}
