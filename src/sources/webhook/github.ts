/**
 * `github`: `X-Hub-Signature-256: sha256=` + hex over the body, as GitHub documents it. GitHub signs no time, so a
 * request never grows stale: only the memory of what was received stops a replay, under whatever delivery id it comes.
 */
import { anyEqual, hmac } from './signature-check.ts';
import { BAD_SIGNATURE, malformed, missing, type SignatureScheme } from './signature-scheme.ts';

const SIGNATURE = 'X-Hub-Signature-256';
const PREFIX = 'sha256=';

export const githubScheme: SignatureScheme = {
  headers: [SIGNATURE.toLowerCase(), 'x-github-delivery', 'x-github-event'],
  // A webhook whose content type is "application/x-www-form-urlencoded" sends `payload=<JSON>`.
  forms: true,

  verify({ headers, body, secrets }) {
    const signature = headers(SIGNATURE.toLowerCase());
    if (signature === undefined) return missing(SIGNATURE);
    if (!signature.startsWith(PREFIX)) return malformed(SIGNATURE, 'of the form "sha256=<hex>"');
    const expected = secrets.map((secret) => hmac(secret, [body]).toString('hex'));
    if (!anyEqual([signature.slice(PREFIX.length)], expected)) return BAD_SIGNATURE;
    const delivery = headers('x-github-delivery');
    const event = headers('x-github-event');
    return {
      ok: true,
      covered: [body],
      ...(delivery === undefined || delivery === '' ? {} : { delivery_id: delivery }),
      ...(event === undefined || event === '' ? {} : { event }),
    };
  },

  sign({ secret, body, delivery_id, event }) {
    return {
      [SIGNATURE]: PREFIX + hmac(secret, [body]).toString('hex'),
      'X-GitHub-Delivery': delivery_id,
      'X-GitHub-Event': event ?? 'ping',
    };
  },
};
