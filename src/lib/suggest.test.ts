import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editDistance, suggest } from './suggest.ts';

const known = ['agent_name', 'workspace_id', 'prompt', 'schedule', 'retry', 'fire_limit', 'tags', 'canceled', 'at'];

function check(name: string, expected: string | undefined): void {
  expect(suggest(name, known), name).toBe(expected);
}

describe('the nearest known name', () => {
  test('a slip of the fingers is mended', () => {
    check('promt', 'prompt');
    check('rpompt', 'prompt');
    check('scheduel', 'schedule');
    check('cancelled', 'canceled');
    check('firelimit', 'fire_limit');
    check('tag', 'tags');
  });
  test('case and the kind of dash do not count', () => {
    check('Agent-Name', 'agent_name');
    check('FIRE_LIMIT', 'fire_limit');
  });
  test('a whole part of exactly one name means that name', () => {
    check('agent', 'agent_name');
    check('workspace', 'workspace_id');
  });
  test('what resembles nothing has no suggestion', () => {
    check('color', undefined);
    check('', undefined);
    check('  ', undefined);
    check('a', undefined);
    check('x'.repeat(10_000), undefined);
    expect(suggest('name', ['agent_name', 'file_name'])).toBeUndefined();
  });
  test('the nearest wins, the earlier one in a tie', () => {
    expect(suggest('retyr', ['retro', 'retry'])).toBe('retry');
    expect(suggest('cat', ['car', 'cap'])).toBe('car');
  });
});

describe('the distance', () => {
  const name = fc.string({ maxLength: 12 });
  test('is zero exactly between equal texts, and the same both ways', () => {
    fc.assert(
      fc.property(name, name, (a, b) => {
        const there = editDistance({ from: a, to: b, max: 20 });
        expect(there === 0).toBe(a === b);
        expect(editDistance({ from: b, to: a, max: 20 })).toBe(there);
        expect(there).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
  test('is never more than the bound and one', () => {
    fc.assert(
      fc.property(name, name, fc.nat(5), (from, to, max) => {
        const exact = editDistance({ from, to, max: 50 });
        expect(editDistance({ from, to, max })).toBe(Math.min(exact, max + 1));
      }),
    );
  });
});
