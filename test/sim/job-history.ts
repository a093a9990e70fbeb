/**
 * What the definitions of one job were, as they were durably written, and which scheduled instants they promised. Kept
 * by the witness from the rows themselves, apart from any cursor: it is what the cursors are held against.
 */
import type { EpochMs } from '../../src/model/instant.ts';
import type { Job } from '../../src/model/job.ts';
import { compileSchedule } from '../../src/model/schedule/next-fires.ts';
import type { CompiledSchedule } from '../../src/model/schedule/next-fires.ts';
import { scheduleHash } from '../../src/model/schedule/schedule-hash.ts';

/** A time during which the job was switched on and its instants stayed the same. */
export interface Period {
  readonly schedule: CompiledSchedule;
  /** Wall time of the step that began it. */
  readonly begunAt: EpochMs;
  /** Of which life of the job under this id. */
  readonly creation: number;
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
  job: Job | undefined;
  /** Of what the definition says, also while it is switched off; for reading rows. */
  schedule: CompiledSchedule | undefined;
  /** The newest instant that was due when a row accounted for it. A clock that goes back promises nothing anew. */
  #accountedUntil = Number.MIN_SAFE_INTEGER;
  #hash: string | undefined;
  #creations = 0;
  #editions = 0;
  #anchorAt: EpochMs | undefined;

  constructor(id: string) {
    this.id = id;
  }

  get anchorAt(): EpochMs | undefined {
    return this.#anchorAt;
  }

  /** A file may bring a deleted job back under the same id: counts its lives. */
  get creation(): number {
    return this.#creations;
  }

  /**
   * Names the instants: changes exactly when an edit moves them, or the job begins a new life under the same id. Going
   * back to an earlier schedule is an edit as well: what was accounted for in advance was withdrawn by the one between.
   */
  get hash(): string | undefined {
    return this.#hash === undefined ? undefined : `${this.#hash} ${this.#editions}`;
  }

  account(until: EpochMs): void {
    this.#accountedUntil = Math.max(this.#accountedUntil, until);
  }

  write(p: { job: Job | undefined; now: EpochMs; timezone: string }): void {
    const { job, now } = p;
    const open = this.periods.at(-1);
    const isOpen = open !== undefined && open.until === undefined;
    if (job?.schedule === undefined) {
      if (isOpen) Object.assign(open, { until: now, endedByDeletion: true });
      this.job = job;
      // A file may bring it back under the same id: then a new grid begins.
      this.#hash = undefined;
      this.#anchorAt = undefined;
      this.#accountedUntil = Number.MIN_SAFE_INTEGER;
      this.#creations += 1;
      return;
    }
    const hash = scheduleHash(job.schedule, p.timezone);
    if (job.enabled) this.#anchorAt ??= now;
    const goesOn = isOpen && job.enabled && hash === this.#hash;
    const movesInstants = hash !== this.#hash;
    if (movesInstants) this.#editions += 1;
    this.schedule = compileSchedule(job.schedule, { timezone: p.timezone, anchor: this.#anchorAt ?? now });
    this.#hash = hash;
    this.job = job;
    if (goesOn) return;
    if (isOpen) open.until = now;
    if (!job.enabled) return;
    // A one-shot that a file puts into the past is due at once; switching one on again promises nothing.
    const lastSwitchedAt = movesInstants ? now : Math.max(now, open?.from ?? now, open?.until ?? now);
    const from =
      job.schedule.mode === 'at' && movesInstants
        ? Number.MIN_SAFE_INTEGER
        : Math.max(lastSwitchedAt, this.#accountedUntil);
    this.periods.push({ schedule: this.schedule, begunAt: now, creation: this.#creations, from });
  }
}
