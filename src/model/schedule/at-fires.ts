/** Mode `at`: one instant. */
import type { EpochMs } from '../instant.ts';
import type { Fires } from './fires.ts';

export function atFires(instant: EpochMs): Fires {
  return {
    next: (after) => (instant > after ? instant : null),
    prev: (atOrBefore) => (instant <= atOrBefore ? instant : null),
    count: (fromExclusive, toInclusive) => (instant > fromExclusive && instant <= toInclusive ? 1 : 0),
  };
}
