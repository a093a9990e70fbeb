/** How the daemon is, what it was told by files, and what was used. */
import { queryOptions } from '@tanstack/react-query';
import { daemon } from './daemon.ts';

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
  queryOptions({ queryKey: ['secrets'], queryFn: ({ signal }) => daemon.secrets.list({ signal }) });

/** Tokens and signed-in browsers, without their secrets. */
export const accessTokens = () =>
  queryOptions({ queryKey: ['tokens'], queryFn: ({ signal }) => daemon.tokens.list({ signal }) });
