/** Mode `every`: instant k = anchor + k × interval for k ≥ 0, a grid that nothing moves. */
import type { EpochMs } from '../instant.ts';
import { epochMsMax } from '../instant.ts';
import type { Fires } from './fires.ts';

/** `interval` is in whole milliseconds, at least 1. */
export function everyFires(grid: { readonly intervalMs: number; readonly anchor: EpochMs }): Fires {
  const { intervalMs, anchor } = grid;
  /** How many instants lie at or before the given one. */
  const rank = (instant: EpochMs): number => Math.max(0, Math.floor((instant - anchor) / intervalMs) + 1);
  const nth = (rankOfInstant: number): EpochMs => anchor + (rankOfInstant - 1) * intervalMs;
  return {
    next(after) {
      const instant = nth(rank(after) + 1);
      return instant > epochMsMax ? null : instant;
    },
    prev(atOrBefore) {
      const reached = rank(Math.min(atOrBefore, epochMsMax));
      return reached === 0 ? null : nth(reached);
    },
    count(fromExclusive, toInclusive) {
      return Math.max(0, rank(Math.min(toInclusive, epochMsMax)) - rank(fromExclusive));
    },
  };
}
