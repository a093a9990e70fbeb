/**
 * How fast an endpoint may take deliveries: at most `max` in any rolling window. In memory and by process time, because it
 * protects the machine as it is now.
 */
export interface Rate {
  max: number;
  windowMs: number;
}

interface Taken {
  /** When each was taken, oldest first; those before `first` have left the window. */
  at: number[];
  first: number;
}

/** So many that have left may lie around before they are cleared away together. */
const LEFT_MAX = 1_000;
/** Endpoints that are remembered; beyond it those that had nothing for a whole window are forgotten. */
const KEYS_MAX = 1_000;

export class RateWindow {
  readonly #taken = new Map<string, Taken>();

  /** 0 when it may be taken, and is counted; else in how many milliseconds the next one may. */
  take(p: { key: string; nowMs: number; rate: Rate }): number {
    const { key, nowMs, rate } = p;
    const taken = this.#taken.get(key) ?? this.#fresh(p);
    while (taken.first < taken.at.length && taken.at[taken.first]! <= nowMs - rate.windowMs) taken.first += 1;
    if (taken.first > LEFT_MAX) {
      taken.at.splice(0, taken.first);
      taken.first = 0;
    }
    const count = taken.at.length - taken.first;
    if (count >= rate.max) return Math.max(1, Math.ceil(taken.at[taken.at.length - rate.max]! + rate.windowMs - nowMs));
    taken.at.push(nowMs);
    return 0;
  }

  #fresh({ key, nowMs, rate }: { key: string; nowMs: number; rate: Rate }): Taken {
    if (this.#taken.size >= KEYS_MAX) {
      for (const [other, { at }] of this.#taken) if (at.at(-1)! <= nowMs - rate.windowMs) this.#taken.delete(other);
    }
    const taken: Taken = { at: [], first: 0 };
    this.#taken.set(key, taken);
    return taken;
  }
}
