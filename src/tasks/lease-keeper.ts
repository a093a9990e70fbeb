/**
 * The lease keeper: gives tasks whose worker fell silent back to the queue, and ends those that a newer fire replaced.
 * It goes on while everything is paused, because what was handed over is not Rouse's to hold up.
 */
import type { EpochMs } from '../model/instant.ts';
import { TASK_LAPSES_MAX } from '../model/task.ts';
import { decideTaskFollowUp } from './decide-task-follow-up.ts';
import { reportChangedTask } from './report-task.ts';
import type { TaskContext } from './task-context.ts';

/** Tasks of each kind per transaction. */
const BATCH = 200;

export class LeaseKeeper {
  readonly #context: TaskContext;

  constructor(context: TaskContext) {
    this.#context = context;
  }

  /** One batch. True when there may be more. */
  async tick(now: EpochMs): Promise<boolean> {
    const { store, bus, placeCursor } = this.#context;
    const swept = await store.sweepTasks({
      now,
      limit: BATCH,
      lapses_max: TASK_LAPSES_MAX,
      decideFollowUp: decideTaskFollowUp,
      placeCursor,
    });
    for (const changed of swept) reportChangedTask({ bus, at: now, changed });
    return swept.length >= BATCH;
  }
}
