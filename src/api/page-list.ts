/**
 * Pages of lists that are short enough to be read whole: agents, workspaces, tokens. A cursor is the key of the last
 * item, so a page that is turned while items come and go skips nothing that stays.
 */
import { AppError } from '../errors/app-error.ts';
import { LIST_LIMIT_DEFAULT } from './contract/wire-text.ts';

/** `items` in any order; `keyOf` is unique and gives the order. Throws `invalid_cursor`. */
export function pageOf<T>(
  items: readonly T[],
  p: { query: { limit?: number | undefined; cursor?: string | undefined }; keyOf: (item: T) => string },
): { items: T[]; next_cursor?: string } {
  const { limit = LIST_LIMIT_DEFAULT, cursor } = p.query;
  const after = cursor === undefined ? undefined : keyIn(cursor);
  const keyed = items.map((item) => ({ item, key: p.keyOf(item) })).toSorted((a, b) => order(a.key, b.key));
  const rest = after === undefined ? keyed : keyed.filter(({ key }) => order(key, after) > 0);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    ...(rest.length > limit && last !== undefined ? { next_cursor: cursorOf(last.key) } : {}),
  };
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function cursorOf(key: string): string {
  return Buffer.from(JSON.stringify([key]), 'utf8').toString('base64url');
}

function keyIn(cursor: string): string {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.length === 1 && typeof value[0] === 'string') return value[0];
  } catch {
    // Not one of ours.
  }
  throw new AppError('invalid_cursor', {});
}
