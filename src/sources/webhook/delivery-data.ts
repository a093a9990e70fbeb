/**
 * The data of the envelope that a delivery becomes: the fields of a JSON object body, else the text as `payload`, and
 * what Rouse knows of the delivery. The latter win, so that a body cannot pretend to be another delivery.
 */
import { formatInstant } from '../../model/instant.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { BodyKind } from './body-kind.ts';
import type { HeaderLookup } from './signature-scheme.ts';

export type DataReading = { ok: true; data: Record<string, unknown> } | { ok: false; reason: string };

/** Deeper than any sender nests; shallow enough that every walk over it is safe. */
const DEPTH_MAX = 64;

/** What prompts may see of the headers: who sent what, and never what proves it. */
const SHOWN_HEADERS = [
  'content-type',
  'user-agent',
  'idempotency-key',
  'webhook-id',
  'webhook-timestamp',
  'x-request-id',
  'x-rouse-event',
  'x-rouse-timestamp',
  'x-rouse-delivery-id',
  'x-github-event',
  'x-github-delivery',
  'x-github-hook-id',
  'x-github-hook-installation-target-id',
  'x-github-hook-installation-target-type',
  'x-gitlab-event',
  'x-gitlab-event-uuid',
  'x-gitlab-instance',
  'x-gitlab-webhook-uuid',
  'x-slack-request-timestamp',
  'x-slack-retry-num',
  'x-slack-retry-reason',
] as const;

export interface DeliveryFacts {
  endpoint: string;
  endpoint_slug: string;
  webhook_id: string;
  /** The sender's id of the delivery, else ours. */
  delivery_id: string;
  at: EpochMs;
  event?: string;
  event_in_body?: true;
  headers: HeaderLookup;
}

/** Refused where the bytes are not UTF-8, or nested beyond all reason. A body that is no JSON is text, whatever it says. */
export function deliveryData(p: {
  body: Buffer;
  kind: BodyKind;
  facts: DeliveryFacts;
  /** Takes known secrets out: what is stored is shown. */
  redact: (text: string) => string;
}): DataReading {
  const { body, kind, facts } = p;
  const decoded = decode(body);
  if (decoded === undefined) return { ok: false, reason: 'the body is not UTF-8' };
  const text = p.redact(decoded);
  const fields = kind === 'form' ? formFields(text) : jsonFields(text);
  if (fields !== undefined && isTooDeep(fields)) {
    return { ok: false, reason: `the body is nested deeper than ${DEPTH_MAX} levels` };
  }
  const { endpoint, endpoint_slug, webhook_id, delivery_id, at, event } = facts;
  // Slack has an object of this name in its body, which must not be lost for a word that was found in it.
  const keepsOwn = fields?.['event'] !== undefined && (event === undefined || facts.event_in_body === true);
  const reserved = {
    endpoint,
    endpoint_slug,
    webhook_id,
    timestamp: formatInstant(at),
    delivery_id,
    // Always there, so that a prompt may name it without asking first.
    ...(keepsOwn ? {} : { event: event ?? '' }),
    headers: shownHeaders(facts.headers),
  };
  return { ok: true, data: { ...(fields ?? { payload: text }), ...reserved } };
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function decode(body: Buffer): string | undefined {
  try {
    return decoder.decode(body);
  } catch {
    return undefined;
  }
}

function jsonFields(text: string): Record<string, unknown> | undefined {
  if (!/^\s*\{/u.test(text)) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** GitHub and Slack wrap JSON into the field `payload` of a form; then its fields are meant. */
function formFields(text: string): Record<string, unknown> {
  const form = new URLSearchParams(text);
  const wrapped = form.get('payload');
  const fields = wrapped === null ? undefined : jsonFields(wrapped);
  return fields ?? Object.fromEntries(form);
}

/** Without recursion: the value may be a million levels deep. */
function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX) return true;
    const below: unknown[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      for (const inner of Object.values(one)) if (typeof inner === 'object' && inner !== null) below.push(inner);
    }
    level = below;
  }
  return false;
}

function shownHeaders(headers: HeaderLookup): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const name of SHOWN_HEADERS) {
    const value = headers(name);
    if (value !== undefined) shown[name] = value;
  }
  return shown;
}
