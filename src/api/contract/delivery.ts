/** A webhook delivery as it is shown, and a test delivery as it is asked for. */
import { z } from 'zod';
import { DELIVERY_RESULTS } from '../../model/delivery.ts';
import { SCOPES } from '../../model/scope.ts';
import { cursorText, filterText, instantText, limitNumber, nextCursor, whenText } from './wire-text.ts';

export const delivery = z
  .strictObject({
    id: z.string(),
    result: z
      .enum(DELIVERY_RESULTS)
      .describe('`answered`: the sender only asked whether anybody is there; of a refused one no body is kept.'),
    status: z.int().describe('The HTTP status that the sender was answered with.'),
    reason: z.string().optional().describe('The error code of a refused one.'),
    detail: z.string().optional(),
    trigger_id: z.string().optional().describe('Absent where the address belongs to no trigger.'),
    scope: z.enum(SCOPES),
    workspace_id: z.string().optional(),
    endpoint: z.string(),
    received_at: instantText,
    sent_at: instantText.optional().describe('When the sender says it sent it.'),
    sender_id: z.string().optional().describe("The sender's own name of it."),
    event: z.string().optional().describe("What happened, in the sender's words."),
    bytes: z.int(),
    repeats: z
      .int()
      .describe(
        'How often the same came again and started nothing; how many refused ones like it this row stands for.',
      ),
    last_repeat_at: instantText.optional(),
    event_id: z.string().optional().describe('The event it became.'),
    matched: z.int().optional(),
    run_ids: z.array(z.string()).optional().describe('Runs that came of it at once, at most 100.'),
    replay_of: z.string().optional(),
  })
  .meta({ id: 'Delivery' });

const deliveryFilters = {
  result: z.enum(DELIVERY_RESULTS).optional(),
  since: whenText.optional(),
  until: whenText.optional(),
  limit: limitNumber.optional(),
  cursor: cursorText.optional(),
};

export const deliveryQuery = z.strictObject({ trigger_id: filterText.optional(), ...deliveryFilters });
/** The same within one trigger. */
export const triggerDeliveryQuery = z.strictObject(deliveryFilters);
export const deliveryPage = z
  .strictObject({ deliveries: z.array(delivery), next_cursor: nextCursor })
  .meta({ id: 'DeliveryPage' });

export const webhookTest = z
  .strictObject({
    data: z.record(z.string(), z.unknown()).optional().describe('The body as JSON; `{}` when neither is given.'),
    body: z
      .string()
      .max(1024 * 1024)
      .optional()
      .describe('The body as it is to be sent, instead of `data`.'),
    event: z.string().min(1).max(256).optional().describe("What the sender's header is to say."),
    dry_run: z.boolean().optional().describe('Only sign it and show the command; nothing is sent.'),
  })
  .meta({ id: 'WebhookTest' });

export const sentWebhook = z
  .strictObject({
    url: z.string(),
    headers: z
      .record(z.string(), z.string())
      .describe('Signed for this moment. A header that is the secret itself reads `$WEBHOOK_SECRET`.'),
    curl: z.string().describe('The same request as a command.'),
    reply: z.strictObject({ status: z.int(), body: z.unknown() }).optional().describe('What was answered.'),
  })
  .meta({ id: 'SentWebhook' });
