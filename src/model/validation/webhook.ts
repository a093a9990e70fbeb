/** The webhook fields of a trigger: needed for the event `webhook`, refused for every other. */
import { isBlank, trimSpace } from '../../lib/go-text.ts';
import { type TimestampedSchemeConfig, WEBHOOK_EVENT, WEBHOOK_ID_PREFIX, WEBHOOK_SCHEMES } from '../trigger.ts';
import type { Fields } from './fields.ts';
import { validateSecretRef } from './secret-ref.ts';
import { isObject, valueKind } from './value-kind.ts';

const schemeFields = Object.keys({
  scheme: true,
  timestamp_header: true,
  signature_header: true,
  delivery_header: true,
} satisfies Record<keyof TimestampedSchemeConfig, true>);

/** RFC 9110 field names. */
const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;

/** Which text the trigger's event is, for the choice between the two sets of rules. */
export function isWebhookEvent(event: string): boolean {
  return trimSpace(event) === WEBHOOK_EVENT;
}

export function checkWebhookFields(fields: Fields): void {
  const slug = fields.text('endpoint_slug');
  const id = fields.text('webhook_id');
  if (slug !== undefined && id !== undefined && isBlank(slug) && isBlank(id)) {
    const message = 'A webhook trigger needs an endpoint_slug, the readable part of its address, or a webhook_id.';
    fields.report('endpoint_slug', { code: 'required', message });
  }
  if (id !== undefined && !isBlank(id) && !trimSpace(id).startsWith(WEBHOOK_ID_PREFIX)) {
    const message = `A webhook id begins with "${WEBHOOK_ID_PREFIX}"; leave it out and Rouse makes one.`;
    fields.report('webhook_id', { code: 'invalid_format', message, value: id });
  }
  const needed = 'A webhook trigger needs webhook_secret_ref: env:NAME or vault:automation/<path>.';
  const ref = fields.required('webhook_secret_ref', needed);
  if (ref !== undefined) fields.take(validateSecretRef(ref, fields.at('webhook_secret_ref')));
}

export function checkNoWebhookFields(fields: Fields): void {
  for (const field of ['endpoint_slug', 'webhook_id', 'webhook_secret_ref']) fields.mustBeEmpty(field, emptyMessage);
}

const emptyMessage = `Only a trigger for the event "${WEBHOOK_EVENT}" has this; remove it, or change the event.`;

/** The fields beyond the reference. */
export function checkWebhookAdditions(fields: Fields, p: { isWebhook: boolean }): void {
  if (!p.isWebhook) {
    fields.mustBeEmpty('webhook_previous_secret_ref', emptyMessage);
    if (fields.has('webhook_scheme')) {
      fields.report('webhook_scheme', { code: 'must_be_empty', message: emptyMessage });
    }
    return;
  }
  const previous = fields.text('webhook_previous_secret_ref');
  if (previous !== undefined && !isBlank(previous)) {
    fields.take(validateSecretRef(previous, fields.at('webhook_previous_secret_ref')));
  }
  checkScheme(fields);
}

function checkScheme(fields: Fields): void {
  const scheme = fields.raw('webhook_scheme');
  if (scheme === undefined) return;
  if (isObject(scheme)) return checkSchemeTable(fields);
  if (typeof scheme === 'string') {
    fields.oneOf('webhook_scheme', { known: WEBHOOK_SCHEMES, noun: 'webhook scheme' });
    return;
  }
  const message = `A webhook scheme is its name, or a table with scheme = "timestamped", not ${valueKind(scheme)}.`;
  fields.report('webhook_scheme', { code: 'wrong_type', message, value: scheme });
}

function checkSchemeTable(fields: Fields): void {
  const table = fields.object('webhook_scheme');
  if (table === undefined) return;
  const scheme = table.oneOf('scheme', { known: WEBHOOK_SCHEMES, noun: 'webhook scheme' });
  if (scheme !== undefined && scheme !== 'timestamped') {
    const message = `Only "timestamped" has settings; write webhook_scheme = "${scheme}".`;
    table.report('scheme', { code: 'conflict', message, value: scheme });
  }
  for (const field of ['timestamp_header', 'signature_header', 'delivery_header']) checkHeader(table, field);
  table.refuseUnknown(schemeFields);
}

function checkHeader(table: Fields, field: string): void {
  const name = table.text(field);
  if (name === undefined || isBlank(name) || headerName.test(trimSpace(name))) return;
  table.report(field, { code: 'invalid_format', message: 'This is not the name of an HTTP header.', value: name });
}
