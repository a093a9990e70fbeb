/** Forgets deliveries that are older than the configuration wants to keep, in small steps. */
import type { EpochMs } from '../model/instant.ts';
import type { EngineContext } from './engine-context.ts';

/** So many per step: some milliseconds. */
const BATCH = 500;

/** True when there is more of it. */
export async function pruneDeliveries(
  context: Pick<EngineContext, 'store' | 'settings'>,
  now: EpochMs,
): Promise<boolean> {
  const { deliveriesMaxAgeMs } = context.settings();
  if (deliveriesMaxAgeMs === null) return false;
  const { deleted } = await context.store.pruneDeliveries({ now, before: now - deliveriesMaxAgeMs, limit: BATCH });
  return deleted === BATCH;
}
