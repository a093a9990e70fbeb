import { expect, test } from 'vitest';
import { matchPattern } from './bounded-pattern.ts';

const table: [string, string, string, string][] = [
  ['a match', '^Risk: (low|high)$', 'Risk: low', 'yes'],
  ['no match', '^Risk', 'None', 'no'],
  ['letters beyond ASCII, as one character each', '^.$', '😀', 'yes'],
  ['an expression that no longer compiles', '(', 'x', 'no'],
  ['nested repetition over a text that almost matches', '^(a+)+$', `${'a'.repeat(40)}!`, 'too_slow'],
];
test.each(table)('%s', (_title, pattern, text, verdict) => {
  expect(matchPattern({ pattern, text })).toBe(verdict);
});
