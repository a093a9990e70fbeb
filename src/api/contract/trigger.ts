/** A trigger as it is written, as it is patched, as it is shown, and as it is tried. */
import { z } from 'zod';
import { WEBHOOK_SCHEMES } from '../../model/trigger.ts';
import {
  automationQuery,
  defaultedFields,
  overlapField,
  patchedFields,
  shownFields,
  writtenFields,
} from './automation.ts';
import { eventVerdict, sampleEnvelope } from './event.ts';
import { durationText, filterText, instantText, nextCursor } from './wire-text.ts';

const coalesceConfig = z
  .strictObject({
    key: z.string().optional().describe('An envelope path such as `data.repository`; one group when absent.'),
    window: durationText.describe('It fires when so long none of the key came.'),
    max_wait: durationText.optional().describe('At the latest so long after the first; ten windows when absent.'),
  })
  .meta({ id: 'CoalesceConfig', description: 'Gathers events of one key into one fire; `.Data.events` holds them.' });

const webhookScheme = z
  .union([
    z.enum(WEBHOOK_SCHEMES),
    z.strictObject({
      scheme: z.literal('timestamped'),
      timestamp_header: z.string().optional(),
      signature_header: z.string().optional(),
      delivery_header: z.string().optional(),
    }),
  ])
  .meta({ id: 'WebhookScheme', description: 'How deliveries are authenticated; `standard` when absent.' });

const triggerWebhook = z
  .strictObject({
    url: z.string().describe("Where deliveries are sent: the daemon's own address; a tunnel or proxy has another one."),
    path: z.string().describe('The same without the address.'),
    problem: z.string().optional().describe('Why nothing can be verified right now; not in lists.'),
  })
  .meta({ id: 'TriggerWebhook' });

const triggerFields = {
  event: z.string().describe('What wakes it: `session.stopped`, `run.failed`, `ext.<name>`, `webhook`, …'),
  prompt: z.string().describe('A Go text/template over the envelope.'),
  filter: z
    .record(z.string(), z.string())
    .optional()
    .describe('Envelope paths and the texts that must stand there; all must match.'),
  when: z.string().optional().describe('A CEL expression over the envelope that must be true.'),
  webhook_id: z.string().optional(),
  endpoint_slug: z.string().optional(),
  webhook_secret_ref: z.string().optional().describe('Where the secret is, never the secret.'),
  webhook_previous_secret_ref: z.string().optional(),
  webhook_scheme: webhookScheme.optional(),
  coalesce: coalesceConfig.optional(),
  allow_own_events: z.boolean().optional().describe('Whether it may match what its own runs caused.'),
  overlap: overlapField.describe('What a fire does while an earlier run is unfinished; `allow` when absent.'),
};

/** What `POST` takes; the judge is the model. */
export const triggerInput = z
  .strictObject({ ...writtenFields, ...triggerFields, ...defaultedFields })
  .meta({ id: 'TriggerInput' });

/** What `PATCH` takes: RFC 7396, null removes a field. */
export const triggerPatch = z
  .strictObject({
    ...patchedFields,
    event: triggerFields.event.optional(),
    prompt: triggerFields.prompt.optional(),
    filter: z
      .record(z.string(), z.string().nullable())
      .nullable()
      .optional()
      .describe('Merged into the present one; null removes an entry.'),
    when: triggerFields.when.nullable(),
    webhook_id: triggerFields.webhook_id.nullable(),
    endpoint_slug: triggerFields.endpoint_slug.nullable(),
    webhook_secret_ref: triggerFields.webhook_secret_ref.nullable(),
    webhook_previous_secret_ref: triggerFields.webhook_previous_secret_ref.nullable(),
    webhook_scheme: triggerFields.webhook_scheme.nullable(),
    coalesce: coalesceConfig.partial().nullable().optional(),
    allow_own_events: triggerFields.allow_own_events.nullable(),
    overlap: triggerFields.overlap.nullable(),
  })
  .meta({ id: 'TriggerPatch' });

export const trigger = z
  .strictObject({
    id: z.string(),
    ...writtenFields,
    ...triggerFields,
    ...shownFields,
    webhook: triggerWebhook.optional(),
    trigger_text: z.string().describe('When, if and then, in words.'),
    recent_events: z
      .array(
        z.strictObject({ event_id: z.string(), kind: z.string(), accepted_at: instantText, verdict: eventVerdict }),
      )
      .optional()
      .describe('What it made of the last events it was considered for; not in lists.'),
  })
  .meta({ id: 'Trigger' });

export const triggerReply = z.strictObject({ trigger });
export const triggerPage = z
  .strictObject({ triggers: z.array(trigger), next_cursor: nextCursor })
  .meta({ id: 'TriggerPage' });

export const triggerQuery = z.strictObject({ ...automationQuery, event: filterText.optional() });

export const triggerRunInput = z
  .strictObject({ envelope: sampleEnvelope.optional() })
  .meta({ id: 'TriggerRunInput', description: 'What is left out of the envelope is what the trigger waits for.' });

export const triggerTestInput = z
  .strictObject({
    envelope: sampleEnvelope.optional(),
    event_id: z.string().optional().describe('A stored event, instead of an envelope.'),
  })
  .meta({ id: 'TriggerTestInput' });

/** `engine/test-trigger.ts` says how each is found. */
export const triggerTest = z
  .strictObject({
    trigger_id: z.string(),
    outcome: z.enum(['would_fire', 'would_gather', 'would_be_stopped', 'would_not_match', 'would_fail']),
    sentence: z.string(),
    conditions: z.array(
      z.strictObject({
        condition: z
          .string()
          .describe('`enabled`, `event`, `scope`, `workspace`, `own_events`, `filter`, `when` or `depth`.'),
        of: z.string().optional().describe("The filter's path, or the condition's text."),
        holds: z.boolean(),
        detail: z.string(),
      }),
    ),
    prompt: z.string().optional().describe('What the agent would be told.'),
    prompt_error: z.string().optional().describe('Why the template fails on this envelope.'),
  })
  .meta({ id: 'TriggerTest' });

export const triggerPreviewInput = z
  .strictObject({
    trigger: triggerInput.partial().describe('As far as it is written.'),
    envelope: sampleEnvelope.optional(),
  })
  .meta({ id: 'TriggerPreviewInput' });

export const triggerPreview = z
  .strictObject({
    problems: z
      .array(z.strictObject({ path: z.string(), code: z.string(), message: z.string() }))
      .describe('Why it could not be created as it stands; empty for one that could, its agent and name aside.'),
    test: triggerTest
      .omit({ trigger_id: true })
      .optional()
      .describe('Absent while its event, conditions or prompt cannot be read.'),
  })
  .meta({ id: 'TriggerPreview' });
