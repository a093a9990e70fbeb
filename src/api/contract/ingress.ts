/**
 * The door for webhooks as the documents show it. It is no operation of the route table: whoever knocks has no token, comes
 * under any host name and is believed for a signature alone, so nothing of what operations share applies to it.
 */
import { z } from 'zod';

export const webhookReceipt = z
  .strictObject({
    delivery_id: z.string(),
    matched: z.int().describe('How many triggers it woke: 0 when a filter or condition did not match.'),
    run_ids: z.array(z.string()),
    duplicate: z.boolean().describe('Whether it had come before; the other fields then say what came of it that time.'),
  })
  .meta({ id: 'WebhookReceipt' });

export const INGRESS = {
  summary: 'Take in a signed delivery',
  description:
    "Where the sender of a webhook delivers; `rouse webhooks url` prints the whole address. The body is JSON or a form, at most `[webhooks] max_body`. Its signature stands in the headers that the trigger's scheme names; see the reference of webhook signatures.",
  paths: {
    receiveWebhook: '/webhooks/global/{endpoint}',
    receiveWorkspaceWebhook: '/webhooks/workspaces/{workspace_id}/{endpoint}',
  },
  stored: 'Delivery, match and runs are on disk.',
  repeated: "It had come before and nothing is started twice; or the answer to a sender's challenge, as plain text.",
  errors: [
    'webhook_malformed',
    'malformed_request',
    'webhook_signature_invalid',
    'webhook_stale',
    'webhook_not_found',
    'method_not_allowed',
    'request_timeout',
    'body_too_large',
    'unsupported_media_type',
    'rate_limited',
    'webhook_unavailable',
    'store_unavailable',
    'internal_error',
  ],
} as const;
