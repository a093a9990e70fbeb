/** A number in [0, 1) that depends on the text alone: spreads things without randomness, so a repeat gives the same. */
import { sha256Hex } from '../lib/hash.ts';

export function stableFraction(text: string): number {
  return Number.parseInt(sha256Hex(text).slice(0, 12), 16) / 2 ** 48;
}
