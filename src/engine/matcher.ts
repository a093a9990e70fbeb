/**
 * The matcher: a service that goes on with what waits in the store. It turns occurrences into events, considers the
 * candidates that one step could not, and fires gatherings whose time has come. It starts nothing and keeps nothing.
 */
import type { EpochMs } from '../model/instant.ts';
import { dailySince } from './budget.ts';
import type { EngineContext } from './engine-context.ts';
import { matchDecider } from './match-decider.ts';
import { reportAccepted } from './report-accepted.ts';

/** Of each kind per step: some tens of milliseconds, so that whatever else is due comes in between. */
const BATCH = 100;
/** So many old events are forgotten per step. */
const PRUNE_BATCH = 500;

export class Matcher {
  readonly #context: EngineContext;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  /** One batch. True when more waits right now. */
  async tick(now: EpochMs): Promise<boolean> {
    const { store } = this.#context;
    const { maxDepth, daily } = this.#context.settings();
    const { settled, more } = await store.settleActivations({
      now,
      limit: BATCH,
      daily_since: dailySince({ daily, now }),
      decider: matchDecider({ settings: { maxDepth, daily }, now }),
    });
    await reportAccepted(this.#context, settled, now);
    return more;
  }

  /** Forgets what is older than the configuration wants to keep. True when there is more of it. */
  async prune(now: EpochMs): Promise<boolean> {
    const { eventsMaxAgeMs } = this.#context.settings();
    if (eventsMaxAgeMs === null) return false;
    const { deleted } = await this.#context.store.pruneActivations({
      before: now - eventsMaxAgeMs,
      limit: PRUNE_BATCH,
    });
    return deleted === PRUNE_BATCH;
  }
}
