/** The time line as the page reads it: a day on each side of now, whatever part of it a screen has room for. */
import { queryOptions } from '@tanstack/react-query';
import { daemon } from './daemon.ts';

/** On a wide screen this is about four pixels, less than a mark. */
const STEP = '8m';

export const timelineQuery = () =>
  queryOptions({
    queryKey: ['timeline'],
    queryFn: ({ signal }) => daemon.timeline({ back: '24h', ahead: '24h', resolution: STEP }, { signal }),
    // What is to come moves on even when nothing happens.
    refetchInterval: 60_000,
  });
