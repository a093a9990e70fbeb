/** Tells what became of refused deliveries, and of a mistake of ours at the door. */
import type { Clock } from '../clock/clock.ts';
import type { HappeningBus } from '../events/happening.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Refusal } from '../store/delivery-store.ts';

export function reportRefusals(p: { bus: HappeningBus; refusals: readonly Refusal[]; at: EpochMs }): void {
  for (const { endpoint, reason = '', count, trigger_id: triggerId } of p.refusals) {
    const trigger = triggerId === undefined ? {} : { trigger_id: triggerId };
    p.bus.report({ type: 'delivery.refused', at: p.at, endpoint, reason, count, ...trigger });
  }
}

export function reportFailure(p: { bus: HappeningBus; clock: Clock; error: unknown }): void {
  const { error } = p;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const at = p.clock.now();
  p.bus.report({
    type: 'service.failed',
    at,
    service: 'webhooks',
    error: text.slice(0, 4_000),
    code: 'internal_error',
  });
  // One request failed; the door is open for the next.
  p.bus.report({ type: 'service.recovered', at, service: 'webhooks' });
}
