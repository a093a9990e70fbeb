import { expect, test } from 'vitest';
import { defined } from './defined.ts';

test('what is undefined goes, and nothing else', () => {
  const fields = { a: undefined, b: null, c: 0, d: '', e: false };
  expect(Object.keys(defined(fields))).toEqual(['b', 'c', 'd', 'e']);
  expect(Object.keys(fields)).toContain('a');
});
