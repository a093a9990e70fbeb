/** Lets a worker wait for work instead of asking again and again. */
import type { ApiDeps } from './api-deps.ts';
import { Bell } from './bell.ts';

/** Claims; while there is nothing, again whenever something came into the queue, until `waitMs` is over. */
export async function claimOrWait<Claim>(
  deps: Pick<ApiDeps, 'bus' | 'clock'>,
  p: { claim: () => Promise<Claim | undefined>; waitMs: number; signal: AbortSignal },
): Promise<Claim | undefined> {
  const bell = new Bell(deps.clock);
  let stopping = false;
  // Before the first look: what arrives between the two rings.
  const unsubscribe = deps.bus.subscribe(({ type }) => {
    stopping ||= type === 'daemon.stopping';
    if (stopping || type === 'task.created' || type === 'task.requeued') bell.ring();
  });
  try {
    const endsAt = deps.clock.monotonicMs() + p.waitMs;
    for (;;) {
      const claim = await p.claim();
      const restMs = endsAt - deps.clock.monotonicMs();
      if (claim !== undefined || restMs <= 0 || stopping) return claim;
      if ((await bell.wait({ quietMs: restMs, signal: p.signal })) === 'aborted') return undefined;
    }
  } finally {
    unsubscribe();
  }
}
