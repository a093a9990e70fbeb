/**
 * What a compiled schedule can answer, whatever its mode. An instant is nominal: without jitter, and before
 * any policy on what is missed. Nothing here depends on how many instants lie in a range, in time or in memory.
 */
import type { EpochMs } from '../instant.ts';

export interface Fires {
  /** The first instant strictly after the given one, null if there is none. */
  next(after: EpochMs): EpochMs | null;
  /** The last instant at or before the given one, null if there is none. */
  prev(atOrBefore: EpochMs): EpochMs | null;
  /** How many instants lie after the first and not after the second. */
  count(fromExclusive: EpochMs, toInclusive: EpochMs): number;
}
