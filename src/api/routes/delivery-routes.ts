/** Webhook deliveries: listed, replayed, and tried. How they come in is webhook-ingress.ts. */
import { AppError } from '../../errors/app-error.ts';
import type { DeliveryQuery } from '../../model/delivery.ts';
import type { Trigger } from '../../model/trigger.ts';
import type { ApiDeps } from '../api-deps.ts';
import { validationFailed } from '../contract-check.ts';
import type { Handlers } from '../endpoint.ts';
import { readBounds } from '../query.ts';
import { toWire } from '../wire.ts';

type DeliveryHandlers = Handlers<
  'listTriggerDeliveries' | 'sendWebhook' | 'listDeliveries' | 'getDelivery' | 'replayDelivery'
>;

export function deliveryRoutes(deps: ApiDeps): DeliveryHandlers {
  const { store, clock, commands } = deps;
  const triggerOf = async (id: string): Promise<Trigger> => {
    const record = await store.getTrigger({ id });
    if (record === undefined) throw new AppError('trigger_not_found', { id });
    return record.automation;
  };
  const pageOf = async (query: DeliveryQuery) => {
    const { items, next_cursor } = await store.listDeliveries({ query });
    return { body: { deliveries: toWire(items), ...(next_cursor === undefined ? {} : { next_cursor }) } };
  };
  return {
    async listTriggerDeliveries({ params, query }) {
      await triggerOf(params.id);
      return pageOf({ ...readBounds(query, clock.now()), trigger_id: params.id });
    },

    async sendWebhook({ params, body }) {
      const { data, body: text, event, dry_run: dryRun = false } = body ?? {};
      if (data !== undefined && text !== undefined) {
        const message = 'Give the body as data or as text, not both.';
        throw validationFailed('body', [{ path: 'body.body', code: 'conflict', message }]);
      }
      const trigger = await triggerOf(params.id);
      const sent = await deps.webhooks.send({
        trigger,
        body: text ?? JSON.stringify(data ?? {}),
        ...(event === undefined ? {} : { event }),
        dryRun,
      });
      return { body: { sent } };
    },

    async listDeliveries({ query }) {
      return pageOf(readBounds(query, clock.now()));
    },

    async getDelivery({ params }) {
      const found = await store.getDelivery({ id: params.id });
      if (found === undefined) throw new AppError('delivery_not_found', { id: params.id });
      return { body: { delivery: toWire(found) } };
    },

    async replayDelivery({ params, actor }) {
      return { body: { delivery: toWire(await commands.replayDelivery({ id: params.id, actor })) } };
    },
  };
}
