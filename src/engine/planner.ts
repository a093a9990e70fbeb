/**
 * The planner: finds the jobs that are due, has their instants decided, and commits. It keeps nothing between ticks;
 * killing it anywhere loses nothing but time.
 */
import type { EpochMs } from '../model/instant.ts';
import type { DueJob, FireDecision, PlannedFire } from '../store/store.ts';
import { decideFires } from './decide-fires.ts';
import type { EngineContext } from './engine-context.ts';
import { scheduleOf } from './place-cursor.ts';

/** Jobs per transaction: large enough to make syncing cheap, small enough that a tick never blocks for long. */
const BATCH = 200;

export class Planner {
  readonly #context: EngineContext;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  /** Decides one batch. True when more may be due right now. */
  async tick(now: EpochMs): Promise<boolean> {
    const settings = this.#context.settings();
    if (!settings.enabled) return false;
    const planned = await this.#context.store.planFires({
      now,
      limit: BATCH,
      decide: (due) => this.#decide(due, now),
    });
    for (const fire of planned) this.#report(fire, now);
    return planned.length === BATCH;
  }

  #decide(due: DueJob, now: EpochMs): FireDecision {
    const { timezone, catchUpSpreadMs } = this.#context.settings();
    const schedule = scheduleOf({ job: due.job, anchorAt: due.cursor.anchor_at ?? now, timezone });
    return decideFires({ due, schedule, now, settings: { catchUpSpreadMs } });
  }

  #report(fire: PlannedFire, now: EpochMs): void {
    for (const run of fire.runs) this.#context.bus.report({ type: 'run.created', at: now, run });
    if (fire.parked_error !== undefined) {
      this.#context.bus.report({ type: 'job.parked', at: now, job_id: fire.job_id, detail: fire.parked_error });
    }
  }
}
