import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bitsBelow, bitsFrom, countBits, highestBit, lowestBit } from './bits.ts';

const bitNumber = fc.integer({ min: 0, max: 40 });

function membersOf(set: number): number[] {
  return Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => ((set >>> bit) & 1) === 1);
}

test('sets of bits behave as sets of numbers', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), bitNumber, (set, bit) => {
      const members = membersOf(set);
      expect(countBits(set)).toBe(members.length);
      expect(lowestBit(set)).toBe(members[0] ?? -1);
      expect(highestBit(set)).toBe(members.at(-1) ?? -1);
      expect(membersOf(bitsFrom(set, bit))).toEqual(members.filter((member) => member >= bit));
      expect(membersOf(bitsBelow(set, bit))).toEqual(members.filter((member) => member < bit));
    }),
  );
});
