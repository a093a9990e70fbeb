/** How the daemon is, what it was told by files, who takes part, and what was used. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { HookCallState } from '../../src/model/hook.ts';
import { daemon } from './daemon.ts';

/** What the live stream says nothing of is read anew when it is opened, and so often while it is looked at. */
const UNHEARD = { staleTime: 0, refetchInterval: 5_000 } as const;
const PAGE = 50;

export const statusQuery = () =>
  queryOptions({ queryKey: ['status'], queryFn: ({ signal }) => daemon.status({ signal }) });

export const configProblems = () =>
  queryOptions({ queryKey: ['config', 'problems'], queryFn: ({ signal }) => daemon.config.problems({ signal }) });

export const usageSince = (since: string) =>
  queryOptions({ queryKey: ['usage', since], queryFn: ({ signal }) => daemon.usage({ since }, { signal }) });

export const allAgents = () =>
  queryOptions({ queryKey: ['agents'], queryFn: ({ signal }) => daemon.agents.list({ signal }) });

export const allWorkspaces = () =>
  queryOptions({ queryKey: ['workspaces'], queryFn: ({ signal }) => daemon.workspaces.list({ signal }) });

export const effectiveConfig = () =>
  queryOptions({ queryKey: ['config', 'effective'], queryFn: ({ signal }) => daemon.config.effective({ signal }) });

/** Names; values travel one way only. */
export const secretNames = () =>
  queryOptions({ queryKey: ['secrets'], queryFn: ({ signal }) => daemon.secrets.list({ signal }), staleTime: 0 });

/** Tokens and signed-in browsers, without their secrets. */
export const accessTokens = () =>
  queryOptions({ queryKey: ['tokens'], queryFn: ({ signal }) => daemon.tokens.list({ signal }), ...UNHEARD });

export const addedPackages = () =>
  queryOptions({ queryKey: ['packages'], queryFn: ({ signal }) => daemon.packages.list({ signal }), staleTime: 0 });

export const allNodes = () =>
  queryOptions({ queryKey: ['nodes'], queryFn: ({ signal }) => daemon.nodes.list({ signal }), ...UNHEARD });

export const allHooks = () =>
  queryOptions({ queryKey: ['hooks', 'all'], queryFn: ({ signal }) => daemon.hooks.list({ signal }) });

export const hookCallPages = (filter: { state?: HookCallState }) =>
  infiniteQueryOptions({
    queryKey: ['hooks', 'calls', filter],
    queryFn: ({ signal, pageParam }) =>
      daemon.hooks.calls({ ...filter, limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
    ...UNHEARD,
  });

/** Who asked for which change, newest first. */
export const changePages = (filter: { actor?: string; operation?: string }) =>
  infiniteQueryOptions({
    queryKey: ['audit', filter],
    queryFn: ({ signal, pageParam }) =>
      daemon.audit({ ...filter, limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
    ...UNHEARD,
  });
