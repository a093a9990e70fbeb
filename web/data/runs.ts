/** Runs as the page reads them, and how one that changed is put into the lists that are on screen. */
import { type InfiniteData, infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { ApiRun, Client } from '../../src/client/client.ts';
import { cache } from './cache.ts';
import { daemon } from './daemon.ts';

type RunQuery = NonNullable<Parameters<Client['runs']['list']>[0]>;
export type RunFilter = Pick<RunQuery, 'status' | 'reason' | 'job_id' | 'trigger_id' | 'since' | 'fire_id'>;
export type RunPage = Awaited<ReturnType<Client['runs']['list']>>;

const PAGE_RUNS = 100;

/** The newest runs that match, with more as somebody scrolls. */
export const runPages = (filter: RunFilter) =>
  infiniteQueryOptions({
    queryKey: ['runs', 'pages', filter],
    queryFn: ({ signal, pageParam }) =>
      daemon.runs.list({ ...filter, limit: PAGE_RUNS, ...(pageParam === '' ? {} : { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  });

export const someRuns = (filter: RunFilter, limit: number) =>
  queryOptions({
    queryKey: ['runs', 'some', filter, limit],
    queryFn: ({ signal }) => daemon.runs.list({ ...filter, limit }, { signal }),
  });

export const recentRuns = () => someRuns({}, 30);

/** The newest runs of one automation. */
export const runsOf = (p: { job_id: string } | { trigger_id: string }, limit: number) =>
  queryOptions({
    queryKey: ['runs', 'of', 'job_id' in p ? p.job_id : p.trigger_id, limit],
    queryFn: ({ signal }) => daemon.runs.list({ ...p, limit }, { signal }),
  });

/** One run, with what it waits for. */
export const runOf = (id: string) =>
  queryOptions({ queryKey: ['run', id], queryFn: ({ signal }) => daemon.runs.get(id, { signal }) });

/**
 * Long lists are not read anew for one run: it takes its place in them, or comes first when it is new. A run that no
 * longer matches the filter stays where it is, changed, until the list is opened again; it would vanish under a hand.
 */
export function putRun(run: ApiRun): void {
  for (const [key, data] of cache.getQueriesData<InfiniteData<RunPage, string>>({ queryKey: ['runs', 'pages'] })) {
    if (data !== undefined) cache.setQueryData(key, withRun(data, { run, filter: key[2] as RunFilter }));
  }
}

export function withRun(
  data: InfiniteData<RunPage, string>,
  { run, filter }: { run: ApiRun; filter: RunFilter },
): InfiniteData<RunPage, string> {
  if (data.pages.some(({ runs }) => runs.some(({ id }) => id === run.id))) {
    const pages = data.pages.map((page) => ({
      ...page,
      runs: page.runs.map((each) => (each.id === run.id ? run : each)),
    }));
    return { ...data, pages };
  }
  const [first, ...rest] = data.pages;
  const newest = first?.runs[0];
  const isNew = newest === undefined || run.created_at >= newest.created_at;
  if (first === undefined || !isNew || !matches(run, filter)) return data;
  return { ...data, pages: [{ ...first, runs: [run, ...first.runs] }, ...rest] };
}

/** `since` is not looked at: what happens now is after it. */
function matches(run: ApiRun, filter: RunFilter): boolean {
  return Object.entries(filter).every(
    ([name, value]) => name === 'since' || value === undefined || run[name as keyof ApiRun] === value,
  );
}
