/**
 * `timestamped`: `sha256=` + hex over `timestamp.body`, with the time and the delivery id in headers of their own. The
 * names can be set, so that senders written for other systems work; an empty `delivery_header` says that there is none.
 */
import type { TimestampedSchemeConfig } from '../../model/trigger.ts';
import { anyEqual, checkFresh, hmac, readSeconds } from './signature-check.ts';
import { BAD_SIGNATURE, malformed, missing, type SignatureScheme } from './signature-scheme.ts';

const PREFIX = 'sha256=';
const EVENT = 'x-rouse-event';

const deliveryPattern = /^[\x21-\x7e]{1,256}$/u;

export function timestampedScheme(config: TimestampedSchemeConfig = { scheme: 'timestamped' }): SignatureScheme {
  const timestampHeader = (config.timestamp_header ?? 'X-Rouse-Timestamp').trim();
  const signatureHeader = (config.signature_header ?? 'X-Rouse-Signature').trim();
  const deliveryHeader = (config.delivery_header ?? 'X-Rouse-Delivery-ID').trim();
  return {
    headers: [timestampHeader, signatureHeader, ...(deliveryHeader === '' ? [] : [deliveryHeader])].map((name) =>
      name.toLowerCase(),
    ),
    forms: false,

    verify({ headers, body, secrets, now, toleranceMs }) {
      const timestamp = headers(timestampHeader.toLowerCase());
      const signature = headers(signatureHeader.toLowerCase());
      const delivery = deliveryHeader === '' ? undefined : headers(deliveryHeader.toLowerCase());
      if (timestamp === undefined) return missing(timestampHeader);
      if (signature === undefined) return missing(signatureHeader);
      if (deliveryHeader !== '' && (delivery === undefined || delivery === '')) return missing(deliveryHeader);
      if (delivery !== undefined && !deliveryPattern.test(delivery)) {
        return malformed(deliveryHeader, 'an id of at most 256 printable characters');
      }
      const time = readSeconds(timestamp, timestampHeader);
      if (!time.ok) return time;
      if (!signature.startsWith(PREFIX)) return malformed(signatureHeader, 'of the form "sha256=<hex>"');
      const expected = secrets.map((secret) => hmac(secret, [timestamp, '.', body]).toString('hex'));
      if (!anyEqual([signature.slice(PREFIX.length).toLowerCase()], expected)) return BAD_SIGNATURE;
      const stale = checkFresh({ at: time.at, now, toleranceMs });
      if (stale !== undefined) return stale;
      const event = headers(EVENT);
      return {
        ok: true,
        covered: [timestamp, '.', body],
        sent_at: time.at,
        ...(delivery === undefined ? {} : { delivery_id: delivery }),
        ...(event === undefined || event === '' ? {} : { event }),
      };
    },

    sign({ secret, body, now, delivery_id, event }) {
      const timestamp = String(Math.floor(now / 1000));
      return {
        [timestampHeader]: timestamp,
        [signatureHeader]: PREFIX + hmac(secret, [timestamp, '.', body]).toString('hex'),
        ...(deliveryHeader === '' ? {} : { [deliveryHeader]: delivery_id }),
        ...(event === undefined ? {} : { 'X-Rouse-Event': event }),
      };
    },
  };
}
