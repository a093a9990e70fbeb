import { expect, test } from 'vitest';
import { mergePatch } from './merge-patch.ts';

const table: [string, unknown, unknown, unknown][] = [
  ['a field is replaced', { a: 1, b: 2 }, { a: 3 }, { a: 3, b: 2 }],
  ['null removes a field', { a: 1, b: 2 }, { a: null }, { b: 2 }],
  ['objects merge', { a: { x: 1, y: 2 } }, { a: { y: null, z: 3 } }, { a: { x: 1, z: 3 } }],
  ['lists are replaced', { a: [1, 2] }, { a: [3] }, { a: [3] }],
  ['anything but an object replaces the whole', { a: 1 }, [1], [1]],
  ['an object over a scalar drops the nulls', { a: 1 }, { a: { b: null, c: 1 } }, { a: { c: 1 } }],
];
test.each(table)('%s', (_title, target, patch, result) => {
  expect(mergePatch(target, patch)).toEqual(result);
});

test('a key named __proto__ stays a key and changes no prototype', () => {
  const merged = mergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}')) as Record<string, unknown>;
  expect(Object.keys(merged)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
