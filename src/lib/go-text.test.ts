import { expect, test } from 'vitest';
import { fieldsOf, goLowerCase, isBlank, isGoSpace, trimSpace } from './go-text.ts';

const spaces = '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2005\u200a\u2028\u2029\u202f\u205f\u3000';

test('every character that Go calls white space is trimmed and separates', () => {
  for (const space of spaces) {
    expect(isGoSpace(space), escape(space)).toBe(true);
    expect(trimSpace(`${space}a${space}b${space}`)).toBe(`a${space}b`);
    expect(fieldsOf(`${space}a${space}${space}b${space}`)).toEqual(['a', 'b']);
  }
  expect(isBlank(spaces)).toBe(true);
  expect(isBlank('')).toBe(true);
  expect(fieldsOf(spaces)).toEqual([]);
});

test('what only looks like white space stays', () => {
  for (const other of ['\ufeff', '\u200b', '\u180e', '\u2060', 'x', '\u0000']) {
    expect(isGoSpace(other)).toBe(false);
    expect(trimSpace(`${other} `)).toBe(other);
    expect(isBlank(other)).toBe(false);
  }
  expect(isGoSpace('')).toBe(false);
  expect(isGoSpace('  ')).toBe(false);
});

test('a megabyte of inner spaces is trimmed in linear time', () => {
  const text = `a${' '.repeat(1_000_000)}b`;
  expect(trimSpace(text)).toBe(text);
});

test('lower case is Go’s', () => {
  expect(goLowerCase('MON')).toBe('mon');
  expect(goLowerCase('FR\u0130')).toBe('fri');
  expect(goLowerCase('\u017fun')).toBe('\u017fun');
});
