/**
 * Where activations come in. Those that arrive while a transaction is being written share the next one: syncing the
 * disk costs the same for one as for a hundred. Whoever hands one in hears of it when it is durable and matched.
 */
import { AppError } from '../errors/app-error.ts';
import { formatInstant } from '../model/instant.ts';
import type { AcceptedActivation, NewActivation } from '../store/activation-store.ts';
import { dailySince } from './budget.ts';
import type { EngineContext } from './engine-context.ts';
import { matchDecider } from './match-decider.ts';
import { reportAccepted } from './report-accepted.ts';

/** Activations per transaction. */
const BATCH = 100;
/** Whoever comes after so many that wait is told to come later. */
const WAITING_MAX = 5_000;

type IntakeContext = Pick<EngineContext, 'store' | 'clock' | 'bus' | 'settings'> & {
  /** Runs may have been created. */
  poke(): void;
  /** Resolves when what arrived meanwhile has been handed in: the next turn of the event loop. */
  nextTurn(): Promise<void>;
};

interface Waiting {
  activation: NewActivation;
  resolve: (accepted: AcceptedActivation) => void;
  reject: (error: unknown) => void;
}

export class ActivationIntake {
  readonly #context: IntakeContext;
  #waiting: Waiting[] = [];
  #writing = false;

  constructor(context: IntakeContext) {
    this.#context = context;
  }

  /**
   * Rejects with the store's errors; then nothing was stored, or (`unknown`) handing it in again is harmless. Rejects with
   * `rate_limited` while too many wait.
   */
  accept(activation: NewActivation): Promise<AcceptedActivation> {
    if (this.#waiting.length >= WAITING_MAX) {
      const retry_at = formatInstant(this.#context.clock.now() + 1_000);
      return Promise.reject(new AppError('rate_limited', { retry_at }));
    }
    const accepted = new Promise<AcceptedActivation>((resolve, reject) => {
      this.#waiting.push({ activation, resolve, reject });
    });
    if (!this.#writing) void this.#write();
    return accepted;
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#waiting.length > 0) {
        // Requests that were read in the same turn of the event loop come along.
        await this.#context.nextTurn();
        await this.#writeBatch(this.#waiting.splice(0, BATCH));
      }
    } finally {
      this.#writing = false;
    }
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    const { store, clock } = this.#context;
    const now = clock.now();
    const { maxDepth, daily } = this.#context.settings();
    try {
      const accepted = await store.acceptActivations({
        now,
        activations: batch.map(({ activation }) => activation),
        daily_since: dailySince({ daily, now }),
        decider: matchDecider({ settings: { maxDepth, daily }, now }),
      });
      for (const [index, { resolve }] of batch.entries()) resolve(accepted[index]!);
      await reportAccepted(this.#context, accepted, now);
      this.#context.poke();
    } catch (error) {
      // One that was answered already hears nothing of it.
      for (const { reject } of batch) reject(error);
    }
  }
}
