/**
 * How much there is, for the status: a daemon whose database went away is asked how it is more than ever, and must not
 * answer with the database's silence.
 */
import { type Clock, delay } from '../clock/clock.ts';
import { formatInstant } from '../model/instant.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Store } from '../store/store.ts';

type Counts = Awaited<ReturnType<Store['readCounts']>>;

/** Whoever looks does not want to wait for as long as a connection may take to be found dead. */
const WAIT_MS = 2_000;

export class LastCounts {
  readonly #store: Pick<Store, 'readCounts'>;
  readonly #clock: Clock;
  #last: { counts: Counts; at: EpochMs } | undefined;

  constructor(p: { store: Pick<Store, 'readCounts'>; clock: Clock }) {
    this.#store = p.store;
    this.#clock = p.clock;
  }

  /** With `counts_at` when they are not of now. Rejects with the store's error when it never gave any. */
  async read(): Promise<{ counts: Counts; counts_at?: string }> {
    const reading = this.#read();
    const last = this.#last;
    if (last === undefined) return { counts: await reading };
    const enough = new AbortController();
    const counts = await Promise.race([
      reading.catch(() => undefined),
      delay(this.#clock, WAIT_MS, enough.signal).then(() => undefined),
    ]);
    enough.abort();
    return counts === undefined ? { counts: last.counts, counts_at: formatInstant(last.at) } : { counts };
  }

  async #read(): Promise<Counts> {
    const counts = await this.#store.readCounts();
    this.#last = { counts, at: this.#clock.now() };
    return counts;
  }
}
