/**
 * The planner: finds the jobs that are due, has their instants decided, and commits. It keeps nothing between ticks;
 * killing it anywhere loses nothing but time.
 */
import { delay } from '../clock/clock.ts';
import type { EpochMs } from '../model/instant.ts';
import type { DueJob, FireDecision, PlannedFire } from '../store/cursor-store.ts';
import { dailySince } from './budget.ts';
import { decideFires } from './decide-fires.ts';
import { decidePausedFires } from './decide-paused-fires.ts';
import type { EngineContext } from './engine-context.ts';
import { scheduleOf } from './place-cursor.ts';
import { reportCanceled } from './report-canceled.ts';

/** Jobs per transaction: large enough to make syncing cheap, small enough that a tick never blocks for long. */
const BATCH = 200;

export class Planner {
  readonly #context: EngineContext;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  /** Decides one batch. True when more may be due right now. */
  tick(now: EpochMs): Promise<boolean> {
    const { catchUpSpreadMs, daily } = this.#context.settings();
    return this.#plan({
      now,
      decide: (due) =>
        decideFires({ due, schedule: this.#scheduleOf(due, now), now, settings: { catchUpSpreadMs, daily } }),
    });
  }

  /** Gives everything that came due during a pause its row. Nothing else may plan meanwhile. */
  async settlePaused(p: { pausedSince: EpochMs }): Promise<void> {
    const { clock } = this.#context;
    for (let more = true; more;) {
      const now = clock.now();
      more = await this.#plan({
        now,
        decide: (due) => decidePausedFires({ ...p, due, schedule: this.#scheduleOf(due, now), now }),
      });
      // Many jobs: let requests and signals be heard between two batches.
      if (more) await delay(clock, 0);
    }
  }

  async #plan(p: { now: EpochMs; decide: (due: DueJob) => FireDecision }): Promise<boolean> {
    const { daily } = this.#context.settings();
    const planned = await this.#context.store.planFires({
      ...p,
      limit: BATCH,
      daily_since: dailySince({ daily, now: p.now }),
    });
    for (const fire of planned) this.#report(fire, p.now);
    for (const fire of planned) await reportCanceled(this.#context, fire.canceled_run_ids, p.now);
    return planned.length === BATCH;
  }

  #scheduleOf(due: DueJob, now: EpochMs) {
    const { timezone } = this.#context.settings();
    return scheduleOf({ job: due.job, anchorAt: due.cursor.anchor_at ?? now, timezone });
  }

  #report(fire: PlannedFire, now: EpochMs): void {
    const { bus } = this.#context;
    for (const run of fire.runs) bus.report({ type: 'run.created', at: now, run });
    if (fire.parked_error !== undefined) {
      bus.report({ type: 'job.parked', at: now, job_id: fire.job_id, detail: fire.parked_error });
    }
  }
}
