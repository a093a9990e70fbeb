import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergePatch } from '../engine/commands/merge-patch.ts';
import { replacementPatch } from './replacement-patch.ts';

const documents = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.string(), fc.array(fc.integer()), tie('table')),
    table: fc.dictionary(fc.constantFrom('x', 'y'), tie('value')),
  })).value,
);

test('whatever stood there before, the patch makes it what is wanted', () => {
  fc.assert(
    fc.property(documents, documents, (before, after) => {
      expect(mergePatch(before, replacementPatch(before, after))).toEqual(after);
    }),
  );
});

test('nothing is said of what stays', () => {
  expect(replacementPatch({ a: 1, b: { x: 1, y: [2] } }, { a: 1, b: { x: 1, y: [2] } })).toEqual({});
});
