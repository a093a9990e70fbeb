/**
 * `stripe`: `Stripe-Signature: t=<seconds>,v1=<hex>[,v1=<hex>]…` over `t.body`, the key being the whole text of the
 * endpoint's secret, `whsec_` included. Other schemes in the header (`v0`) are passed over, as Stripe asks. A delivery is
 * named by the event's own `id`, which stays when Stripe tries again.
 */
import { jsonField } from './body-fields.ts';
import { anyEqual, boundedList, checkFresh, hmac, readSeconds } from './signature-check.ts';
import { BAD_SIGNATURE, malformed, missing, type SignatureScheme } from './signature-scheme.ts';

const SIGNATURE = 'Stripe-Signature';

export const stripeScheme: SignatureScheme = {
  headers: [SIGNATURE.toLowerCase()],
  forms: false,

  verify({ headers, body, secrets, now, toleranceMs }) {
    const header = headers(SIGNATURE.toLowerCase());
    if (header === undefined) return missing(SIGNATURE);
    const entries = header.split(',').map((entry) => entry.trim());
    const valuesOf = (name: string): string[] =>
      entries.filter((entry) => entry.startsWith(`${name}=`)).map((entry) => entry.slice(name.length + 1));
    const [timestamp, ...moreTimes] = valuesOf('t');
    const given = boundedList(valuesOf('v1'));
    if (timestamp === undefined || moreTimes.length > 0 || given.length === 0) {
      return malformed(SIGNATURE, 'of the form "t=<seconds>,v1=<hex>"');
    }
    const time = readSeconds(timestamp, SIGNATURE);
    if (!time.ok) return time;
    const expected = secrets.map((secret) => hmac(secret, [timestamp, '.', body]).toString('hex'));
    if (!anyEqual(given, expected)) return BAD_SIGNATURE;
    const stale = checkFresh({ at: time.at, now, toleranceMs });
    if (stale !== undefined) return stale;
    const id = jsonField(body, ['id']);
    const event = jsonField(body, ['type']);
    return {
      ok: true,
      covered: [timestamp, '.', body],
      sent_at: time.at,
      ...(id === undefined ? {} : { delivery_id: id }),
      ...(event === undefined ? {} : { event, event_in_body: true }),
    };
  },

  sign({ secret, body, now }) {
    const timestamp = String(Math.floor(now / 1000));
    return { [SIGNATURE]: `t=${timestamp},v1=${hmac(secret, [timestamp, '.', body]).toString('hex')}` };
  },
};
