/** Searching and counting in sets kept as the bits of one 32-bit number. */

/** How many bits are set. */
export function countBits(set: number): number {
  let pairs = set - ((set >>> 1) & 0x5555_5555);
  pairs = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** The lowest set bit, −1 if none is. */
export function lowestBit(set: number): number {
  return set === 0 ? -1 : 31 - Math.clz32(set & -set);
}

/** The highest set bit, −1 if none is. */
export function highestBit(set: number): number {
  return 31 - Math.clz32(set);
}

/** The set without the bits below `bit`; empty from 32 on, where a shift alone would start over. */
export function bitsFrom(set: number, bit: number): number {
  return bit > 31 ? 0 : set & (-1 << bit);
}

/** The set without the bits from `bit` on. */
export function bitsBelow(set: number, bit: number): number {
  return bit > 31 ? set : set & ~(-1 << bit);
}
