/** The time line as the page reads it: a day on each side of now, whatever part of it a screen has room for. */
import { queryOptions } from '@tanstack/react-query';
import { now } from '../clock/browser-clock.ts';
import { daemon } from './daemon.ts';

/** On a wide screen this is about four pixels, less than a mark. */
const STEP = '8m';

/** How long the last reading took. */
let tookMs = 0;

/** Milliseconds until it may be read again: the daemon must not spend more than a part of its time on a picture. */
export function timelineRestMs(): number {
  return Math.max(2_000, 10 * tookMs);
}

export const timelineQuery = () =>
  queryOptions({
    queryKey: ['timeline'],
    queryFn: async ({ signal }) => {
      const from = now();
      const timeline = await daemon.timeline({ back: '24h', ahead: '24h', resolution: STEP }, { signal });
      tookMs = now() - from;
      return timeline;
    },
    // What is to come moves on even when nothing happens.
    refetchInterval: 60_000,
  });
