/** Who looks at this page, and what they may do. The daemon refuses what is not allowed, whatever a page shows. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { daemon } from './daemon.ts';

export const ownSession = () =>
  queryOptions({ queryKey: ['session'], queryFn: ({ signal }) => daemon.session.get({ signal }) });

function useScopes(): readonly string[] {
  return useQuery(ownSession()).data?.scopes ?? [];
}

/** Whether commands about automations are shown. */
export function useMayWrite(): boolean {
  const scopes = useScopes();
  return scopes.includes('write') || scopes.includes('admin');
}

/** Whether commands about the house itself are shown: secrets, tokens, workspaces, packages. */
export function useMayAdmin(): boolean {
  return useScopes().includes('admin');
}
