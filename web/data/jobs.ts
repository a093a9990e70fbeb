/** Jobs as the page reads them. */
import { queryOptions } from '@tanstack/react-query';
import type { ApiJob } from '../../src/client/client.ts';
import { cache } from './cache.ts';
import { daemon } from './daemon.ts';

/** A list longer than this is searched by the daemon, not read. */
const JOBS_MAX = 10_000;

const JOBS_KEY = ['jobs', 'all'] as const;

/** Every job, by name. */
export const allJobs = () =>
  queryOptions({
    queryKey: JOBS_KEY,
    queryFn: async ({ signal }): Promise<{ jobs: ApiJob[]; cut: boolean }> => {
      const jobs: ApiJob[] = [];
      let cursor: string | undefined;
      const isFirst = cache.getQueryData(JOBS_KEY) === undefined;
      do {
        const page = await daemon.jobs.list({ limit: 500, ...(cursor === undefined ? {} : { cursor }) }, { signal });
        jobs.push(...page.jobs);
        cursor = page.next_cursor;
        // Somebody waits for something to look at.
        if (isFirst && cursor !== undefined) cache.setQueryData(JOBS_KEY, { jobs: [...jobs], cut: false });
      } while (cursor !== undefined && jobs.length < JOBS_MAX);
      return { jobs, cut: cursor !== undefined };
    },
  });

/** One job with the ETag that a change of it must name. */
export const jobOf = (id: string) =>
  queryOptions({ queryKey: ['jobs', 'one', id], queryFn: ({ signal }) => daemon.jobs.get(id, { signal }) });
