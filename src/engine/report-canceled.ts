/**
 * Tells of runs that a step canceled besides what it was asked for. The step is durable by then: a store that goes away
 * right afterwards must not make it look as if it had failed, so what cannot be read is not told, and lists show it. Never
 * rejects.
 */
import type { HappeningBus } from '../events/happening.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Store } from '../store/store.ts';

export async function reportCanceled(
  context: { store: Pick<Store, 'getRun'>; bus: HappeningBus },
  ids: readonly string[],
  now: EpochMs,
): Promise<void> {
  for (const id of ids) {
    const run = await context.store.getRun({ id }).catch(() => undefined);
    if (run !== undefined) context.bus.report({ type: 'run.finished', at: now, run, will_retry: false });
  }
}
