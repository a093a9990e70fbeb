/** A trigger as a form holds it: what all automations have, what wakes it, and under which conditions. */
import type { ApiTrigger, Client } from '../../../src/client/client.ts';
import { WEBHOOK_EVENT } from '../../../src/model/trigger.ts';
import type { DraftFields } from '../automations/draft-fields.ts';
import { given, typed } from '../automations/draft-text.ts';
import { NEW_POLICY_DRAFT, type PolicyDraft, policyBodyOf, policyDraftOf } from '../automations/policy-draft.ts';

export type TriggerBody = Parameters<Client['triggers']['create']>[0];

export interface TriggerDraft extends PolicyDraft {
  event: string;
  /** One condition a line: `data.action = deploy`. */
  filter: string;
  when: string;
  endpoint_slug: string;
  webhook_id: string;
  webhook_secret_ref: string;
  webhook_previous_secret_ref: string;
  /** A scheme by name, or empty for the default. */
  webhook_scheme: string;
  /** Of the scheme `timestamped`, where its sender has names of its own. */
  timestamp_header: string;
  signature_header: string;
  delivery_header: string;
  gather_window: string;
  gather_key: string;
  gather_wait: string;
  /** Empty or `true`. */
  allow_own_events: string;
}

/** What the parts of the form are given. */
export type TriggerFields = DraftFields<TriggerDraft>;

const NEW_DRAFT: TriggerDraft = {
  ...NEW_POLICY_DRAFT,
  event: WEBHOOK_EVENT,
  filter: '',
  when: '',
  endpoint_slug: '',
  webhook_id: '',
  webhook_secret_ref: '',
  webhook_previous_secret_ref: '',
  webhook_scheme: '',
  timestamp_header: '',
  signature_header: '',
  delivery_header: '',
  gather_window: '',
  gather_key: '',
  gather_wait: '',
  allow_own_events: '',
};

export function newTriggerDraft(agent: string | undefined): TriggerDraft {
  return { ...NEW_DRAFT, agent_name: agent ?? '' };
}

export function draftOf(trigger: ApiTrigger): TriggerDraft {
  const { webhook_scheme: scheme, coalesce } = trigger;
  const headers = typeof scheme === 'object' ? scheme : undefined;
  return {
    ...NEW_DRAFT,
    ...policyDraftOf(trigger),
    event: trigger.event,
    filter: Object.entries(trigger.filter ?? {})
      .map(([path, wanted]) => `${path} = ${wanted}`)
      .join('\n'),
    when: typed(trigger.when),
    endpoint_slug: typed(trigger.endpoint_slug),
    webhook_id: typed(trigger.webhook_id),
    webhook_secret_ref: typed(trigger.webhook_secret_ref),
    webhook_previous_secret_ref: typed(trigger.webhook_previous_secret_ref),
    webhook_scheme: typeof scheme === 'object' ? scheme.scheme : typed(scheme),
    timestamp_header: typed(headers?.timestamp_header),
    signature_header: typed(headers?.signature_header),
    delivery_header: typed(headers?.delivery_header),
    gather_window: typed(coalesce?.window),
    gather_key: typed(coalesce?.key),
    gather_wait: typed(coalesce?.max_wait),
    allow_own_events: trigger.allow_own_events === true ? 'true' : '',
  };
}

/** A line without `=` is a path that must equal nothing, which the daemon refuses with better words than ours. */
function filterOf(text: string): Record<string, string> | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) return undefined;
  const entries = lines.map((line) => {
    const at = line.indexOf('=');
    return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

/** A name is enough, unless the sender calls its headers otherwise. */
function schemeOf(draft: TriggerDraft): TriggerBody['webhook_scheme'] | '' {
  const { webhook_scheme: scheme, timestamp_header, signature_header, delivery_header } = draft;
  const headers = given({ timestamp_header, signature_header, delivery_header });
  if (scheme !== 'timestamped' || Object.keys(headers).length === 0)
    return scheme as TriggerBody['webhook_scheme'] | '';
  return { scheme, ...headers };
}

export function bodyOf(draft: TriggerDraft): TriggerBody {
  const webhook = {
    endpoint_slug: draft.endpoint_slug,
    webhook_id: draft.webhook_id,
    webhook_secret_ref: draft.webhook_secret_ref,
    webhook_previous_secret_ref: draft.webhook_previous_secret_ref,
    webhook_scheme: schemeOf(draft),
  };
  const coalesce = given({ window: draft.gather_window, key: draft.gather_key, max_wait: draft.gather_wait });
  return {
    ...policyBodyOf(draft),
    event: draft.event,
    prompt: draft.prompt,
    ...given({
      filter: filterOf(draft.filter),
      when: draft.when.trim() === '' ? '' : draft.when,
      ...(draft.event === WEBHOOK_EVENT ? webhook : {}),
      coalesce: Object.keys(coalesce).length === 0 ? undefined : coalesce,
      allow_own_events: draft.allow_own_events === 'true' ? true : undefined,
    }),
  } as TriggerBody;
}
