/**
 * `standard`: Standard Webhooks. The header `webhook-signature` holds signatures separated by spaces, `v1,` + base64 each;
 * other versions are passed over, as the specification asks.
 */
import { signStandardWebhook, standardKey, standardSignature } from '../../signing/standard-webhooks.ts';
import { jsonField } from './body-fields.ts';
import { anyEqual, boundedList, checkFresh, readSeconds } from './signature-check.ts';
import { BAD_SIGNATURE, malformed, missing, type SignatureScheme } from './signature-scheme.ts';

const ID = 'webhook-id';
const TIMESTAMP = 'webhook-timestamp';
const SIGNATURE = 'webhook-signature';

/** Letters, digits and marks; a dot would let the border between id and time be moved, so it is no part of an id. */
const idPattern = /^[\x21-\x2d\x2f-\x7e]{1,256}$/u;

export const standardScheme: SignatureScheme = {
  headers: [ID, TIMESTAMP, SIGNATURE],
  forms: false,

  verify({ headers, body, secrets, now, toleranceMs }) {
    const id = headers(ID);
    const timestamp = headers(TIMESTAMP);
    const signature = headers(SIGNATURE);
    if (id === undefined || id === '') return missing(ID);
    if (timestamp === undefined) return missing(TIMESTAMP);
    if (signature === undefined) return missing(SIGNATURE);
    if (!idPattern.test(id)) return malformed(ID, 'an id of at most 256 printable characters without dots');
    const time = readSeconds(timestamp, TIMESTAMP);
    if (!time.ok) return time;
    const entries = boundedList(signature.split(' ').filter((entry) => entry !== ''));
    if (entries.length === 0 || entries.some((entry) => !entry.includes(','))) {
      return malformed(SIGNATURE, 'a list of signatures such as "v1,<base64>", separated by spaces');
    }
    const given = entries.filter((entry) => entry.startsWith('v1,')).map((entry) => entry.slice('v1,'.length));
    const expected = secrets
      .map((secret) => standardKey(secret))
      .filter((key) => key.byteLength > 0)
      .map((key) => standardSignature({ key, id, timestamp, body }).toString('base64'));
    if (!anyEqual(given, expected)) return BAD_SIGNATURE;
    const stale = checkFresh({ at: time.at, now, toleranceMs });
    if (stale !== undefined) return stale;
    const event = jsonField(body, ['type']);
    return {
      ok: true,
      covered: [id, '.', timestamp, '.', body],
      delivery_id: id,
      sent_at: time.at,
      ...(event === undefined ? {} : { event, event_in_body: true }),
    };
  },

  sign({ secret, body, now, delivery_id }) {
    return { ...signStandardWebhook({ secret, id: delivery_id, now, body }) };
  },
};
