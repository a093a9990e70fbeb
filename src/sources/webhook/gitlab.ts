/**
 * `gitlab`: either the signing token of newer versions, which is Standard Webhooks in every detail, or the older secret
 * token, which GitLab sends as it is in `X-Gitlab-Token`. A request with a signature is judged by it alone, so nobody
 * can fall back to the weaker proof by adding a header.
 *
 * The secret token vouches for nothing but the sender. So a delivery is told apart by `Idempotency-Key`, which GitLab
 * keeps over its retries, else by its event id and body. (`X-Gitlab-Event-UUID` alone is shared by recursive webhooks.)
 */
import { anyEqual } from './signature-check.ts';
import { BAD_SIGNATURE, missing, type SignatureScheme, type Verdict, type VerifyParams } from './signature-scheme.ts';
import { standardScheme } from './standard.ts';

const TOKEN = 'X-Gitlab-Token';

export const gitlabScheme: SignatureScheme = {
  headers: [TOKEN.toLowerCase(), 'x-gitlab-event', 'x-gitlab-event-uuid', 'idempotency-key', ...standardScheme.headers],
  forms: false,

  verify(p) {
    const event = p.headers('x-gitlab-event');
    const verdict = p.headers('webhook-signature') === undefined ? verifyToken(p) : standardScheme.verify(p);
    if (!verdict.ok || event === undefined || event === '') return verdict;
    const { event_in_body: _inBody, ...rest } = verdict;
    return { ...rest, event };
  },

  sign({ secret, delivery_id, event }) {
    return {
      [TOKEN]: secret,
      'X-Gitlab-Event': event ?? 'Push Hook',
      'X-Gitlab-Event-UUID': delivery_id,
      'Idempotency-Key': delivery_id,
    };
  },
  secret_header: TOKEN,
};

function verifyToken({ headers, body, secrets }: VerifyParams): Verdict {
  const token = headers(TOKEN.toLowerCase());
  if (token === undefined) return missing(TOKEN);
  if (!anyEqual([token], secrets)) return BAD_SIGNATURE;
  const key = headers('idempotency-key') ?? '';
  const eventId = headers('x-gitlab-event-uuid') ?? '';
  return { ok: true, covered: [key, '\n', eventId, '\n', body], ...(key === '' ? {} : { delivery_id: key }) };
}
