/** What the page knows of the daemon, and when it asks again. */
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from '../../src/client/api-error.ts';
import { noteSignedOut } from '../live/session-state.ts';

/** Refusals are answers; only silence is worth asking again, and the live link asks again when the daemon is back. */
function worthAsking(failures: number, error: unknown): boolean {
  return error instanceof ApiError && error.code === 'daemon_unreachable' && failures < 2;
}

export const cache = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof ApiError && error.status === 401) noteSignedOut();
    },
  }),
  defaultOptions: {
    queries: {
      // The daemon tells what changed (live/cache-updates.ts), so nothing grows old by itself.
      staleTime: Infinity,
      gcTime: 10 * 60_000,
      // The daemon is often on this machine: whether there is an internet says nothing about it.
      networkMode: 'always',
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      retry: worthAsking,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});
