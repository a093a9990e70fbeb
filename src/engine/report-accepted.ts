/** Tells of activations that were taken in, and of the runs that came of them. */
import type { HappeningBus } from '../events/happening.ts';
import type { EpochMs } from '../model/instant.ts';
import type { AcceptedActivation } from '../store/activation-store.ts';
import type { Store } from '../store/store.ts';
import { reportCanceled } from './report-canceled.ts';

export async function reportAccepted(
  context: { store: Pick<Store, 'getRun'>; bus: HappeningBus },
  accepted: readonly AcceptedActivation[],
  now: EpochMs,
): Promise<void> {
  for (const { outcome, activation, runs, canceled_run_ids } of accepted) {
    if (outcome === 'duplicate') continue;
    const { data: _data, ...event } = activation;
    context.bus.report({ type: 'event.accepted', at: now, event });
    for (const run of runs) context.bus.report({ type: 'run.created', at: now, run });
    await reportCanceled(context, canceled_run_ids, now);
  }
}
