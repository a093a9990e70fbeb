/**
 * Durable steps of one execution, repeated until the store takes them: a full disk or a database that went away must
 * delay a result, never lose it. Trouble is reported once, and once more when it is over.
 */
import { delay } from '../clock/clock.ts';
import { AppError } from '../errors/app-error.ts';
import type { EngineContext } from './engine-context.ts';

/** Waiting time between tries while the store refuses. */
export const STEP_RETRY_MS = 1000;

export class DurableSteps {
  readonly #context: EngineContext;
  readonly #signal: AbortSignal;

  constructor(context: EngineContext, p: { /** Aborted when nothing may be written any more. */ signal: AbortSignal }) {
    this.#context = context;
    this.#signal = p.signal;
  }

  /** Undefined: given up, a later daemon recovers the row. Steps are written so that a repeat is harmless. */
  async take<T>(step: () => Promise<T>): Promise<T | undefined> {
    let reported = false;
    while (!this.#signal.aborted) {
      try {
        const answer = await step();
        if (reported) this.reportRecovery();
        return answer;
      } catch (error) {
        if (!reported) this.reportTrouble(error);
        reported = true;
        await delay(this.#context.clock, STEP_RETRY_MS, this.#signal);
      }
    }
    return undefined;
  }

  reportTrouble(error: unknown): void {
    this.#context.bus.report({
      type: 'service.failed',
      at: this.#context.clock.now(),
      service: 'execution',
      error: error instanceof Error ? error.message : String(error),
      ...(error instanceof AppError ? { code: error.code } : {}),
    });
  }

  reportRecovery(): void {
    this.#context.bus.report({ type: 'service.recovered', at: this.#context.clock.now(), service: 'execution' });
  }
}
