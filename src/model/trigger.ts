/** A definition woken by an event or a webhook. */
import type { EpochMs } from './instant.ts';
import type { AutomationFields, OverlapPolicy } from './automation-fields.ts';
import type { JobListQuery } from './job.ts';

/** The event of triggers that other systems call. */
export const WEBHOOK_EVENT = 'webhook';
export const WEBHOOK_ID_PREFIX = 'wbh_';

/** How deliveries of a webhook trigger are authenticated. */
export const WEBHOOK_SCHEMES = ['standard', 'timestamped', 'github', 'gitlab', 'stripe', 'slack'] as const;
export type WebhookSchemeName = (typeof WEBHOOK_SCHEMES)[number];

/** `timestamped` with the header names of a sender written for another system. */
export interface TimestampedSchemeConfig {
  scheme: 'timestamped';
  timestamp_header?: string;
  signature_header?: string;
  delivery_header?: string;
}

/** Gathers activations of one key into one fire. Durations are Go duration text. */
export interface CoalesceConfig {
  /** An envelope path whose value tells groups apart; absent: one group. */
  key?: string;
  window: string;
  max_wait?: string;
}

export interface Trigger extends AutomationFields {
  event: string;
  filter?: Record<string, string>;
  /** A CEL expression over the envelope. */
  when?: string;
  webhook_id?: string;
  endpoint_slug?: string;
  webhook_secret_ref?: string;
  webhook_previous_secret_ref?: string;
  webhook_scheme?: WebhookSchemeName | TimestampedSchemeConfig;
  coalesce?: CoalesceConfig;
  allow_own_events?: boolean;
}

export const DEFAULT_TRIGGER_OVERLAP: OverlapPolicy = 'allow';
export const DEFAULT_WEBHOOK_SCHEME: WebhookSchemeName = 'standard';

export interface TriggerListQuery extends JobListQuery {
  event?: string;
}

/** A runtime switch over a trigger whose definition lives in a file or a package. */
export interface TriggerEnabledOverlay {
  trigger_id: string;
  enabled_override: boolean;
  updated_at: EpochMs;
}
