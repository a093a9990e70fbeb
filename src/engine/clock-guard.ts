/**
 * Notices that the clock had been wrong. A clock that goes back by a little changes nothing: cursors stay where they
 * are until it catches up. One that showed a time more than a day ahead (an empty battery, a mistyped year) would leave
 * every job waiting until that time comes, so all cursors are placed again, from now (place-cursor.ts).
 */
import type { EpochMs } from '../model/instant.ts';
import type { EngineContext } from './engine-context.ts';
import { WRONG_CLOCK_MS } from './place-cursor.ts';

export class ClockGuard {
  readonly #context: EngineContext;
  /** The latest time that this home has seen, as far as this process knows. */
  #latest: EpochMs | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async tick(now: EpochMs): Promise<void> {
    const latest = this.#latest ?? (await this.#newestRow()) ?? now;
    if (latest - now <= WRONG_CLOCK_MS) {
      this.#latest = Math.max(latest, now);
      return;
    }
    const { store, bus, placeCursor } = this.#context;
    await store.replaceCursors({ now, which: 'all', placeCursor });
    this.#latest = now;
    bus.report({ type: 'clock.corrected', at: now, was_at: latest });
  }

  /** The clock may have been set right while no daemon ran: rows remember what it showed. */
  async #newestRow(): Promise<EpochMs | undefined> {
    const { items } = await this.#context.store.listRuns({ query: { limit: 1 } });
    return items[0]?.created_at;
  }
}
