/** Revisions as ETags: `"7"` names revision 7 of a definition, its overlay included. */
import { AppError } from '../errors/app-error.ts';

export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/** Revisions count from 1: whoever asks for this one is told the present one. */
const NO_REVISION = 0;
const LENGTH_MAX = 1000;

/**
 * The revision that `If-Match` asks for: absent for none and for `*`. Of several tags the present one counts if it is
 * among them, which needs `current`. Weak and foreign tags match nothing, as RFC 9110 says.
 */
export async function readIfMatch(
  header: string | null,
  current: () => Promise<number | undefined>,
): Promise<number | undefined> {
  if (header === null || header.trim() === '*') return undefined;
  const tags = header.split(',').map((tag) => tag.trim());
  const wellFormed = header.length <= LENGTH_MAX && tags.every((tag) => /^(?:W\/)?"[\x21\x23-\x7e]*"$/.test(tag));
  if (!wellFormed) {
    throw new AppError('malformed_request', { reason: 'If-Match takes ETags in double quotes, or *' });
  }
  const revisions = tags.map((tag) =>
    /^"(\d{1,15})"$/.exec(tag)?.[1] === undefined ? NO_REVISION : Number(tag.slice(1, -1)),
  );
  if (revisions.length === 1) return revisions[0];
  const present = await current();
  return present !== undefined && revisions.includes(present) ? present : revisions[0];
}
