/** Reads as many pages of a list as a limit asks for: a page holds 500, a person may want more. */
import type { Terminal } from './terminal.ts';

/** What fits a few screens. */
export const LIMIT_DEFAULT = 50;
/** What the API gives at once. */
const PAGE_MAX = 500;

export async function collectPages<Item>(p: {
  limit: number;
  read: (page: {
    limit: number;
    cursor?: string;
  }) => Promise<{ items: readonly Item[]; nextCursor: string | undefined }>;
}): Promise<{ items: Item[]; nextCursor: string | undefined }> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(PAGE_MAX, p.limit - items.length);
    const page = await p.read(cursor === undefined ? { limit } : { limit, cursor });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined && items.length < p.limit);
  return { items, nextCursor: cursor };
}

/** Says that a list goes on, so that nobody takes a part for the whole. */
export function moreLine(nextCursor: string | undefined, terminal: Terminal): string[] {
  return nextCursor === undefined ? [] : [terminal.paintOut('dim', 'There are more; --limit shows them.')];
}
