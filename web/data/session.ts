/** Who looks at this page, and what they may do. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { daemon } from './daemon.ts';

export const ownSession = () =>
  queryOptions({ queryKey: ['session'], queryFn: ({ signal }) => daemon.session.get({ signal }) });

/** Whether commands are shown. The daemon refuses them to whoever may only read, whatever a page shows. */
export function useMayWrite(): boolean {
  const scopes = useQuery(ownSession()).data?.scopes ?? [];
  return scopes.includes('write') || scopes.includes('admin');
}
