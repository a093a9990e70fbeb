/** How today went, from the marks of the time line. Today begins at the viewer's midnight. */
import type { ApiTimeline } from '../../../src/client/client.ts';
import { epochOf } from '../../text/time-text.ts';

export interface DaySums {
  runs: number;
  failed: number;
  /** Due, and refused, skipped or missed. */
  canceled: number;
}

export function midnightBefore(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}

export function daySums(lanes: ApiTimeline['lanes'], now: number): DaySums {
  const midnight = midnightBefore(now);
  const sums: DaySums = { runs: 0, failed: 0, canceled: 0 };
  for (const { marks } of lanes) {
    for (const { from_at, status, count } of marks) {
      if (epochOf(from_at) < midnight) continue;
      if (status === 'canceled') sums.canceled += count;
      else if (status !== 'scheduled') sums.runs += count;
      if (status === 'failed') sums.failed += count;
    }
  }
  return sums;
}
