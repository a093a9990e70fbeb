/** What a run uses while it works: kept with the run, and held against its own budget, the automation's and the day's. */
import type { RunUsage } from '../model/run.ts';
import type { ClaimedRun } from '../store/run-store.ts';
import { exceededRunBudget } from './budget.ts';
import type { DurableSteps } from './durable-steps.ts';
import type { EngineContext } from './engine-context.ts';
import { exhaustedNow } from './prepare-execution.ts';

export class UsageMeter {
  readonly #context: EngineContext;
  readonly #p: { claimed: ClaimedRun; steps: DurableSteps; exceed: (error: string) => void };
  #waiting: RunUsage | undefined;
  #isWriting = false;
  #written: Promise<void> = Promise.resolve();

  constructor(
    context: EngineContext,
    p: {
      claimed: ClaimedRun;
      steps: DurableSteps;
      /** A budget is used up, in a sentence. */ exceed: (error: string) => void;
    },
  ) {
    this.#context = context;
    this.#p = p;
  }

  /** Written one after the other; of what comes meanwhile only the latest counts, because these are totals. */
  take(usage: RunUsage): void {
    const exceeded = exceededRunBudget({ automation: this.#p.claimed.automation, usage });
    if (exceeded !== undefined) this.#p.exceed(exceeded);
    this.#waiting = usage;
    if (!this.#isWriting) this.#written = this.#write();
  }

  /** Resolves when everything taken is written. */
  written(): Promise<void> {
    return this.#written;
  }

  async #write(): Promise<void> {
    const { claimed, steps, exceed } = this.#p;
    const { run, automation, token } = claimed;
    this.#isWriting = true;
    while (this.#waiting !== undefined) {
      const usage = this.#waiting;
      this.#waiting = undefined;
      await steps.take(() => this.#context.store.reportUsage({ run_id: run.id, token, usage }));
      const exhausted = await exhaustedNow(this.#context, automation).catch(() => undefined);
      if (exhausted !== undefined) exceed(exhausted);
    }
    this.#isWriting = false;
  }
}
