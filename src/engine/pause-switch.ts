/**
 * Whether everything is paused: by a person, or by `[automation] enabled = false`. Both are durable facts with the
 * instant they began, so that a restart in the middle of a pause neither forgets it nor moves its beginning.
 *
 * Ending a pause first settles what came due during it, then removes the fact. A crash in between leaves it paused, and
 * settling what is settled already does nothing.
 */
import type { EpochMs } from '../model/instant.ts';
import type { Store } from '../store/store.ts';
import type { PauseState } from './automation-commands.ts';

type PauseCause = 'person' | 'config';

interface Pause {
  since: EpochMs;
  by: string;
}

const FACTS: Readonly<Record<PauseCause, string>> = { person: 'paused_by_person', config: 'paused_by_config' };

export class PauseSwitch {
  readonly #store: Pick<Store, 'readFact' | 'writeFact'>;
  readonly #settle: (p: { pausedSince: EpochMs }) => Promise<void>;
  #pauses: Partial<Record<PauseCause, Pause>> = {};
  #steps: Promise<unknown> = Promise.resolve();
  #isUnsure = false;

  constructor(p: {
    store: Pick<Store, 'readFact' | 'writeFact'>;
    /** Decides what came due since then as paused; called before the pause is forgotten. */
    settle: (p: { pausedSince: EpochMs }) => Promise<void>;
  }) {
    this.#store = p.store;
    this.#settle = p.settle;
  }

  /** A step failed, and may have taken effect all the same: what is durable has to be read again. */
  get isUnsure(): boolean {
    return this.#isUnsure;
  }

  /**
   * Reads what an earlier process left, before anything is planned; and, where several nodes share the store, what the
   * others did since.
   */
  load(): Promise<void> {
    return this.#inTurn(async () => {
      for (const cause of ['person', 'config'] as const) {
        const pause = parsePause(await this.#store.readFact({ name: FACTS[cause] }));
        if (pause === undefined) delete this.#pauses[cause];
        else this.#pauses[cause] = pause;
      }
      this.#isUnsure = false;
    });
  }

  state(): PauseState {
    const { person, config } = this.#pauses;
    const earliest = [person, config].filter((pause) => pause !== undefined).toSorted((a, b) => a.since - b.since)[0];
    return earliest === undefined ? { paused: false } : { paused: true, ...earliest };
  }

  /** Idempotent: a pause keeps the instant and the actor of its beginning. */
  pause(p: { now: EpochMs; cause: PauseCause; by: string }): Promise<PauseState> {
    return this.#inTurn(async () => {
      if (this.#pauses[p.cause] === undefined) {
        const pause = { since: p.now, by: p.by };
        await this.#store.writeFact({ now: p.now, name: FACTS[p.cause], value: JSON.stringify(pause) });
        this.#pauses[p.cause] = pause;
      }
      return this.state();
    });
  }

  /** Ends one cause; while the other holds everything stays paused, and is settled when that ends. */
  resume(p: { now: EpochMs; cause: PauseCause }): Promise<PauseState> {
    return this.#inTurn(async () => {
      const ending = this.#pauses[p.cause];
      if (ending === undefined) return this.state();
      const other = this.#pauses[p.cause === 'person' ? 'config' : 'person'];
      const pausedSince = this.state().since ?? ending.since;
      if (other === undefined) await this.#settle({ pausedSince });
      else if (ending.since < other.since)
        await this.#extend({ now: p.now, to: ending.since, by: other.by, cause: p.cause });
      await this.#store.writeFact({ now: p.now, name: FACTS[p.cause], value: '' });
      delete this.#pauses[p.cause];
      return this.state();
    });
  }

  /** What stays paused takes over the earlier beginning, so that settling later covers the whole of it. */
  async #extend(p: { now: EpochMs; to: EpochMs; by: string; cause: PauseCause }): Promise<void> {
    const remaining: PauseCause = p.cause === 'person' ? 'config' : 'person';
    const pause = { since: p.to, by: p.by };
    await this.#store.writeFact({ now: p.now, name: FACTS[remaining], value: JSON.stringify(pause) });
    this.#pauses[remaining] = pause;
  }

  /** One step after the other: pausing and resuming at once must not interleave. */
  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#steps.then(step);
    this.#steps = result.catch(() => {
      this.#isUnsure = true;
    });
    return result;
  }
}

function parsePause(text: string | undefined): Pause | undefined {
  if (text === undefined || text === '') return undefined;
  return JSON.parse(text) as Pause;
}
