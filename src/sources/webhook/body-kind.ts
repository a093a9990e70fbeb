/** What kind of body a request says it has, judged before any of it is read. */
import type { HeaderLookup } from './signature-scheme.ts';

export type BodyKind = 'json' | 'text' | 'form';

export type BodyKindReading = { ok: true; kind: BodyKind } | { ok: false; got: string };

/** For the message to whoever sent something else. */
export const WANTED_BODY = 'JSON or text in UTF-8, not compressed';

/** A request that does not say is taken for text: plenty of small senders do not, and the signature decides. */
export function readBodyKind(headers: HeaderLookup, p: { forms: boolean }): BodyKindReading {
  const encoding = (headers('content-encoding') ?? 'identity').trim().toLowerCase();
  if (encoding !== 'identity') return { ok: false, got: `encoded as ${cut(encoding)}` };
  const header = headers('content-type') ?? 'text/plain';
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  if (charset !== undefined && !/^"?(?:utf-?8|us-ascii)"?$/u.test(charset)) return { ok: false, got: cut(header) };
  if (type === 'application/json' || /^application\/[a-z0-9.-]+\+json$/u.test(type)) return { ok: true, kind: 'json' };
  if (/^text\/[a-z0-9.+-]+$/u.test(type)) return { ok: true, kind: 'text' };
  if (type === 'application/x-www-form-urlencoded' && p.forms) return { ok: true, kind: 'form' };
  return { ok: false, got: cut(header) };
}

function cut(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
