/**
 * The delegator: hands waiting runs over as tasks. One store step does it, so a run has its task or is waiting still,
 * whatever is killed; it keeps nothing between ticks.
 */
import type { EpochMs } from '../model/instant.ts';
import { describeTask } from './describe-task.ts';
import type { TaskContext } from './task-context.ts';

/** Runs per transaction. */
const BATCH = 200;

export class Delegator {
  readonly #context: TaskContext;

  constructor(context: TaskContext) {
    this.#context = context;
  }

  /** Hands one batch over. True when more may be waiting. */
  async tick(now: EpochMs): Promise<boolean> {
    const { store, bus } = this.#context;
    const delegated = await store.delegateRuns({ now, limit: BATCH, describe: describeTask });
    for (const { run, task } of delegated) {
      bus.report({ type: 'task.created', at: now, task });
      bus.report({ type: 'run.finished', at: now, run, will_retry: false });
    }
    return delegated.length === BATCH;
  }
}
