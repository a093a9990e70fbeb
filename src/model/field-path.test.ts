import { expect, test } from 'vitest';
import { fieldPath, indexPath, keyPath } from './field-path.ts';

test('a field path is trimmed, and an empty half adds no dot', () => {
  const check = (path: string, field: string, expected: string): void =>
    expect(fieldPath({ path, field })).toBe(expected);
  check('job', 'name', 'job.name');
  check('', 'name', 'name');
  check('job', '', 'job');
  check('', '', '');
  check(' job ', ' workspace ', 'job.workspace');
  check('automation.jobs[3]', 'name', 'automation.jobs[3].name');
  check('.', 'x', '..x');
});

test('a key is quoted with everything invisible escaped, and its path is left alone', () => {
  const check = (key: string, expected: string): void => expect(keyPath({ path: ' f', key })).toBe(` f[${expected}]`);
  check('data.x', '"data.x"');
  check('a"b\\', '"a\\"b\\\\"');
  check('a\nb\t', '"a\\nb\\t"');
  check('\u0000\u007f', '"\\x00\\x7f"');
  check('\u0085\u00a0\u200b\ufeff', '"\\u0085\\u00a0\\u200b\\ufeff"');
  check('é日本😀', '"é日本😀"');
  check('\u{e0001}', '"\\U000e0001"');
  check('\ud800', '"\ufffd"');
});

test('an element of a list has its number', () => {
  expect(indexPath({ path: 'job.tags', index: 2 })).toBe('job.tags[2]');
});
