/** What travels over the routes of webhook deliveries; composed into operations.ts. */
import { z } from 'zod';
import { delivery, deliveryPage, deliveryQuery, sentWebhook, triggerDeliveryQuery, webhookTest } from './delivery.ts';
import { operation } from './operation.ts';

export const deliveryOperations = {
  listTriggerDeliveries: operation({
    tag: 'deliveries',
    summary: 'List the deliveries of a trigger, newest first',
    access: 'token',
    query: triggerDeliveryQuery,
    reply: { status: 200, description: 'One page of deliveries.', schema: deliveryPage },
    errors: ['trigger_not_found', 'invalid_cursor'],
  }),
  sendWebhook: operation({
    tag: 'deliveries',
    summary: "Sign a test delivery as the trigger's sender would, and send it",
    description:
      'It goes through the same door as any other. The reply shows the signed request as a command; with `dry_run` nothing is sent.',
    access: 'token',
    body: { schema: webhookTest, optional: true, judge: 'contract' },
    reply: { status: 200, description: 'What was sent, and answered.', schema: z.strictObject({ sent: sentWebhook }) },
    errors: ['trigger_not_found', 'not_a_webhook', 'webhook_unavailable'],
  }),
  listDeliveries: operation({
    tag: 'deliveries',
    summary: 'List deliveries, refused ones included, newest first',
    access: 'token',
    query: deliveryQuery,
    reply: { status: 200, description: 'One page of deliveries.', schema: deliveryPage },
    errors: ['invalid_cursor'],
  }),
  getDelivery: operation({
    tag: 'deliveries',
    summary: 'Read a delivery',
    access: 'token',
    reply: { status: 200, description: 'The delivery.', schema: z.strictObject({ delivery }) },
    errors: ['delivery_not_found'],
  }),
  replayDelivery: operation({
    tag: 'deliveries',
    summary: 'Carry a stored delivery out once more',
    access: 'token',
    reply: { status: 202, description: 'The new delivery.', schema: z.strictObject({ delivery }) },
    errors: ['delivery_not_found', 'delivery_not_replayable', 'trigger_not_found'],
  }),
};
