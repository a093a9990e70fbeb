/**
 * `slack`: `X-Slack-Signature: v0=<hex>` over `v0:<timestamp>:<body>` with the app's signing secret. Events are named by
 * their `event_id`, which stays when Slack tries again; slash commands and buttons, which come as forms, by their
 * `trigger_id`. The question that Slack asks when a URL is registered is signed like everything else, so only an
 * endpoint with the right secret answers it.
 */
import { formField, jsonField } from './body-fields.ts';
import { anyEqual, checkFresh, hmac, readSeconds } from './signature-check.ts';
import { BAD_SIGNATURE, malformed, missing, type SignatureScheme } from './signature-scheme.ts';

const TIMESTAMP = 'X-Slack-Request-Timestamp';
const SIGNATURE = 'X-Slack-Signature';
const PREFIX = 'v0=';

export const slackScheme: SignatureScheme = {
  headers: [TIMESTAMP.toLowerCase(), SIGNATURE.toLowerCase()],
  forms: true,

  verify({ headers, body, secrets, now, toleranceMs }) {
    const timestamp = headers(TIMESTAMP.toLowerCase());
    const signature = headers(SIGNATURE.toLowerCase());
    if (timestamp === undefined) return missing(TIMESTAMP);
    if (signature === undefined) return missing(SIGNATURE);
    const time = readSeconds(timestamp, TIMESTAMP);
    if (!time.ok) return time;
    if (!signature.startsWith(PREFIX)) return malformed(SIGNATURE, 'of the form "v0=<hex>"');
    const expected = secrets.map((secret) => hmac(secret, ['v0:', timestamp, ':', body]).toString('hex'));
    if (!anyEqual([signature.slice(PREFIX.length)], expected)) return BAD_SIGNATURE;
    const stale = checkFresh({ at: time.at, now, toleranceMs });
    if (stale !== undefined) return stale;
    return { ok: true, covered: [timestamp, ':', body], sent_at: time.at, ...namesIn(body) };
  },

  sign({ secret, body, now }) {
    const timestamp = String(Math.floor(now / 1000));
    return {
      [TIMESTAMP]: timestamp,
      [SIGNATURE]: PREFIX + hmac(secret, ['v0:', timestamp, ':', body]).toString('hex'),
    };
  },
};

interface SlackNames {
  delivery_id?: string;
  event?: string;
  event_in_body: true;
  challenge?: string;
}

function namesIn(body: Buffer): SlackNames {
  const type = jsonField(body, ['type']);
  if (type === 'url_verification') {
    const challenge = jsonField(body, ['challenge']);
    return { event: type, event_in_body: true, ...(challenge === undefined ? {} : { challenge }) };
  }
  const id = jsonField(body, ['event_id']) ?? formField(body, 'trigger_id');
  const event = jsonField(body, ['event', 'type']) ?? type ?? formField(body, 'command');
  return {
    event_in_body: true,
    ...(id === undefined ? {} : { delivery_id: id }),
    ...(event === undefined ? {} : { event }),
  };
}
