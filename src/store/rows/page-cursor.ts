/**
 * The opaque cursor of a list: where its last item stood, in base64url. It carries nothing but the order, so it stays
 * good while rows are added or removed, and everything in it is checked before it reaches a statement.
 */
import { AppError } from '../../errors/app-error.ts';
import type { Page } from '../page.ts';

/** Which list gave it out; another list refuses it. */
export type PageCursorList =
  | 'jobs'
  | 'triggers'
  | 'runs'
  | 'tasks'
  | 'activations'
  | 'deliveries'
  | 'hook_calls'
  | 'changes'
  | 'sessions';

export function encodePageCursor(list: PageCursorList, position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([list, ...position])).toString('base64url');
}

/**
 * The page that these rows make. One row more than the page holds was asked for: whether there is one says whether the
 * list goes on.
 */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  p: {
    limit: number;
    list: PageCursorList;
    itemOf: (row: Row) => Item;
    positionOf: (row: Row) => readonly (string | number)[];
  },
): Page<Item> {
  const shown = rows.slice(0, p.limit);
  const page: Page<Item> = { items: shown.map((row) => p.itemOf(row)) };
  const last = shown.at(-1);
  if (rows.length > p.limit && last !== undefined) page.next_cursor = encodePageCursor(p.list, p.positionOf(last));
  return page;
}

/**
 * How many of these rows a page shows: as many as were asked for, and no more than its size allows, but always one.
 */
export function cutPage<Row>(
  rows: readonly Row[],
  p: { limit: number; sizeMax: number; sizeOf: (row: Row) => number },
): Row[] {
  let size = 0;
  const shown: Row[] = [];
  for (const row of rows) {
    if (shown.length === p.limit || size > p.sizeMax) break;
    shown.push(row);
    size += p.sizeOf(row);
  }
  return shown;
}

/** The position, whose parts have exactly these types. Throws `invalid_cursor`. */
export function decodePageCursor<const Types extends readonly ('string' | 'number')[]>(
  list: PageCursorList,
  cursor: string,
  types: Types,
): { [I in keyof Types]: Types[I] extends 'number' ? number : string } {
  const parts = parse(cursor);
  const position = parts.slice(1);
  const fits =
    parts[0] === list &&
    position.length === types.length &&
    position.every((part, i) => (types[i] === 'number' ? Number.isSafeInteger(part) : typeof part === 'string')) &&
    // One spelling per position: text that merely decodes to the same bytes was not given out by us.
    encodePageCursor(list, position as (string | number)[]) === cursor;
  if (!fits) throw new AppError('invalid_cursor', {});
  return position as { [I in keyof Types]: Types[I] extends 'number' ? number : string };
}

function parse(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
