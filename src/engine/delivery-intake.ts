/**
 * Where deliveries come in, once they are believed. Those that arrive while a transaction is being written share the next
 * one: syncing the disk costs the same for one as for a hundred. Whoever hands one in hears of it when it is durable.
 */
import { AppError } from '../errors/app-error.ts';
import { formatInstant } from '../model/instant.ts';
import type { AcceptedDelivery, NewDelivery } from '../store/delivery-store.ts';
import { dailySince } from './budget.ts';
import type { EngineContext } from './engine-context.ts';
import { matchDecider } from './match-decider.ts';
import { reportAccepted } from './report-accepted.ts';

/** Deliveries per transaction: some tens of milliseconds of matching at most, between two looks at everything else. */
const BATCH = 500;
/** And so many bytes of bodies, unless one alone is more: what is written together is held, parsed and as text, at once. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** Whoever comes after so many that wait is told to come later: they would wait for longer than senders do. */
const WAITING_MAX = 5_000;
/** Of bodies; parsed they are several times as much. */
const WAITING_BYTES_MAX = 64 * 1024 * 1024;

type IntakeContext = Pick<EngineContext, 'store' | 'clock' | 'bus' | 'settings'> & {
  /** Runs may have been created. */
  poke(): void;
  /** Resolves when whatever else came in during this turn of the event loop has been seen. */
  nextTurn(): Promise<unknown>;
};

interface Waiting {
  delivery: NewDelivery;
  resolve(accepted: AcceptedDelivery): void;
  reject(error: unknown): void;
}

export class DeliveryIntake {
  readonly #context: IntakeContext;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;

  constructor(context: IntakeContext) {
    this.#context = context;
  }

  /**
   * Rejects with the store's errors; then nothing was stored, or (`unknown`) handing it in again is harmless. Rejects with
   * `rate_limited` while too many wait.
   */
  accept(delivery: NewDelivery): Promise<AcceptedDelivery> {
    if (this.#waiting.length >= WAITING_MAX || this.#waitingBytes >= WAITING_BYTES_MAX) {
      const retry_at = formatInstant(this.#context.clock.now() + 1_000);
      return Promise.reject(new AppError('rate_limited', { retry_at }));
    }
    this.#waitingBytes += delivery.bytes;
    const accepted = new Promise<AcceptedDelivery>((resolve, reject) => {
      this.#waiting.push({ delivery, resolve, reject });
    });
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
    return accepted;
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Requests that were read in the same turn of the event loop come along.
      await this.#context.nextTurn();
      await this.#writeBatch(this.#nextBatch());
    }
  }

  #nextBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { delivery } of this.#waiting) {
      if (count >= BATCH || (count > 0 && bytes + delivery.bytes > BATCH_BYTES)) break;
      bytes += delivery.bytes;
      count += 1;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    const { store, clock, bus } = this.#context;
    const now = clock.now();
    const { maxDepth, daily } = this.#context.settings();
    let answers: AcceptedDelivery[];
    try {
      answers = await store.acceptDeliveries({
        now,
        deliveries: batch.map(({ delivery }) => delivery),
        daily_since: dailySince({ daily, now }),
        decider: matchDecider({ settings: { maxDepth, daily }, now }),
      });
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
      return;
    }
    // Told before anybody is answered, so that whoever was answered finds it in every list and stream.
    for (const answer of answers) {
      if (answer.outcome === 'gone') continue;
      const { delivery, outcome } = answer;
      bus.report({ type: 'delivery.received', at: now, delivery, duplicate: outcome === 'duplicate' });
    }
    const accepted = answers.flatMap((answer) => (answer.outcome === 'stored' ? (answer.accepted ?? []) : []));
    for (const [index, waiting] of batch.entries()) waiting.resolve(answers[index]!);
    await reportAccepted(this.#context, accepted, now);
    if (accepted.length > 0) this.#context.poke();
  }
}
