/**
 * Standard Webhooks (https://www.standardwebhooks.com): what is signed, and with which key. Everything that Rouse itself
 * sends to a URL (hooks, agents of type `http`, test deliveries) is signed here, and what it receives under the scheme
 * `standard` is held against the same function. No clock: whoever sends says when.
 */
import { createHmac } from 'node:crypto';

/** What a secret begins with when it says itself that base64 follows. */
const SECRET_PREFIX = 'whsec_';
/** What is shorter than this is a word that happens to be base64, not a key that was generated. */
const ENCODED_KEY_BYTES_MIN = 24;

export interface StandardWebhookHeaders {
  'webhook-id': string;
  /** Whole seconds since 1970. */
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/**
 * The key bytes of a secret: `whsec_` + base64 or bare base64, as the reference libraries read it, else the bytes of the
 * text itself, because people also agree on plain words. Empty for a secret that holds no key.
 */
export function standardKey(secret: string): Buffer {
  if (secret.startsWith(SECRET_PREFIX)) return Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  const decoded = Buffer.from(secret, 'base64');
  const isEncoded =
    decoded.byteLength >= ENCODED_KEY_BYTES_MIN &&
    decoded.toString('base64').replace(/=+$/u, '') === secret.replace(/=+$/u, '');
  return isEncoded ? decoded : Buffer.from(secret, 'utf8');
}

/** The signature proper, without its `v1,`. */
export function standardSignature(p: { key: Uint8Array; id: string; timestamp: string; body: Uint8Array }): Buffer {
  return createHmac('sha256', p.key).update(`${p.id}.${p.timestamp}.`, 'utf8').update(p.body).digest();
}

/** The three headers of one message. `id` stays the same when it is sent again, `now` (milliseconds) does not. */
export function signStandardWebhook(p: {
  secret: string;
  id: string;
  now: number;
  body: Uint8Array;
}): StandardWebhookHeaders {
  const timestamp = String(Math.floor(p.now / 1000));
  const signature = standardSignature({ key: standardKey(p.secret), id: p.id, timestamp, body: p.body });
  return {
    'webhook-id': p.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature.toString('base64')}`,
  };
}
