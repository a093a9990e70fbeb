/** Turns an error into the problem document that a client sees. The words are the catalogue's and the model's. */
import type { AppError } from '../errors/app-error.ts';
import { type EpochMs, parseInstant } from '../model/instant.ts';
import type { ProblemDocument } from './contract/problem-document.ts';

export function problemDocumentOf(error: AppError): ProblemDocument {
  const { code, title, status, detail, hint, problems } = error;
  const data = error.data as Record<string, unknown>;
  return {
    type: `urn:rouse:error:${code}`,
    title,
    status,
    code,
    detail,
    hint,
    ...(Object.keys(data).length > 0 ? { data } : {}),
    ...(problems.length > 0 ? { errors: problems.map((problem) => ({ ...problem })) } : {}),
  };
}

/** How long a client should wait before it asks again, where nobody knows better; seconds. */
const RETRY_AFTER_SECONDS = 5;

/** Where `now` is known, the waiting time of a rate is the real one. */
export function problemHeadersOf(error: AppError, now?: EpochMs): Record<string, string> {
  switch (error.code) {
    case 'unauthorized':
      return { 'www-authenticate': 'Bearer realm="rouse"' };
    case 'method_not_allowed':
      return { allow: (error.data as { allowed: readonly string[] }).allowed.join(', ') };
    case 'rate_limited': {
      const read = parseInstant((error.data as { retry_at: string }).retry_at);
      const waitMs = read.ok && now !== undefined ? read.epochMs - now : RETRY_AFTER_SECONDS * 1000;
      return { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) };
    }
    case 'webhook_unavailable':
    case 'shutting_down':
    case 'store_unavailable':
      return { 'retry-after': String(RETRY_AFTER_SECONDS) };
    default:
      return {};
  }
}

export function problemReply(error: AppError): Response {
  return new Response(JSON.stringify(problemDocumentOf(error)), {
    status: error.status,
    headers: { ...problemHeadersOf(error), 'content-type': 'application/problem+json' },
  });
}
