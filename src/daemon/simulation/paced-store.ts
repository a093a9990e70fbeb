/** A store whose every step first passes by {@link Turns}; and the scratch store as the engine under simulation sees it. */
import type { ScratchStore } from '../../store/sqlite/scratch-store.ts';
import type { Store } from '../../store/store.ts';
import type { PlannedFire } from '../../store/cursor-store.ts';
import type { Turns } from './turns.ts';

/** What is read of the real store. Nothing here writes. */
export type RealStore = Pick<
  Store,
  | 'readCounts'
  | 'listJobs'
  | 'getJob'
  | 'getTrigger'
  | 'listRuns'
  | 'listWaiting'
  | 'listWorkspaces'
  | 'listAgentHolds'
  | 'readSpending'
>;

/** What a page of up to a hundred rows, with the answers of agents in them, takes compared to an ordinary step. */
const LIST_WEIGHT = 6;

export function pacedStore<S extends object>(store: S, turns: Turns): S {
  return new Proxy(store, {
    get(target, name) {
      const step: unknown = Reflect.get(target, name);
      if (typeof step !== 'function') return step;
      return async (...p: unknown[]): Promise<unknown> => {
        await turns.pass(String(name).startsWith('list') ? LIST_WEIGHT : 1);
        return Reflect.apply(step, target, p) as unknown;
      };
    },
  });
}

/** Due jobs decided, and runs claimed, in one turn; a batch of the planner would hold up the real daemon. */
const PLAN_SLICE = 20;
const CLAIM_SLICE = 20;

/**
 * Large steps are taken in slices, which the port allows: each job and each claim stands for itself. Transcripts are
 * not kept: nobody will read them. `onPlanned` hears what planning did, replaced runs included, which no happening tells.
 */
export function simulatedStore(
  scratch: ScratchStore,
  p: { turns: Turns; onPlanned: (fire: PlannedFire) => void },
): Store {
  const steps = pacedStore(scratch.store, p.turns);
  const others: Store = { ...steps };
  return {
    ...others,
    async planFires(q) {
      const planned: PlannedFire[] = [];
      while (planned.length < q.limit) {
        const limit = Math.min(PLAN_SLICE, q.limit - planned.length);
        const slice = await steps.planFires({ ...q, limit });
        for (const fire of slice) p.onPlanned(fire);
        planned.push(...slice);
        if (slice.length < limit) break;
        await p.turns.pass(PLAN_SLICE / 2);
      }
      return planned;
    },
    async claimRuns(q) {
      // Asked after every end of a run, and mostly nothing waits: then what runs need not be read.
      if (!scratch.hasWaiting()) return [];
      const claimed = [];
      for (let at = 0; at === 0 || at < q.tokens.length; at += CLAIM_SLICE) {
        const tokens = q.tokens.slice(at, at + CLAIM_SLICE);
        const slice = await steps.claimRuns({ ...q, tokens });
        claimed.push(...slice);
        if (slice.length < tokens.length) break;
      }
      return claimed;
    },
    async delegateRuns(q) {
      const delegated = await steps.delegateRuns(q);
      // How long people take is not known: each task counts as done before the next fire, not as open for ever.
      for (const { task } of delegated) {
        await steps.cancelTask({ now: q.now, id: task.id, error: 'done', by: 'simulation' });
      }
      return delegated;
    },
    appendTranscript: () => Promise.resolve(),
  };
}
