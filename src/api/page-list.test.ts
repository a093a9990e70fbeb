import { describe, expect, it } from 'vitest';
import { isAppError } from '../errors/app-error.ts';
import { pageOf } from './page-list.ts';

const keyOf = (item: string): string => item;
const page = (items: string[], limit: number, cursor?: string) => pageOf(items, { query: { limit, cursor }, keyOf });

describe('a list that is read whole', () => {
  it('is turned page by page, in order, each item once', () => {
    const items = ['d', 'b', 'ä', 'a', 'c'];
    const first = page(items, 2);
    expect(first.items).toEqual(['a', 'b']);
    const second = page(items, 2, first.next_cursor);
    expect(second.items).toEqual(['c', 'd']);
    const third = page(items, 2, second.next_cursor);
    expect(third).toEqual({ items: ['ä'] });
  });
  it('skips nothing when the last item of a page goes, and what comes behind it is on the next one', () => {
    const { next_cursor } = page(['a', 'b', 'd'], 2);
    expect(page(['a', 'c', 'd'], 2, next_cursor).items).toEqual(['c', 'd']);
  });
  it('ends without a cursor when everything fits', () => expect(page(['a', 'b'], 2)).toEqual({ items: ['a', 'b'] }));
  it.each(['x', 'W10', 'WzFd', 'bnVsbA'])('refuses the cursor %j', (cursor) => {
    expect(() => page([], 1, cursor)).toThrow(expect.toSatisfy((error) => isAppError(error, 'invalid_cursor')));
  });
});
