/** What the owner looks up: who changed what. */
import type { ApiDeps } from '../api-deps.ts';
import type { Handlers } from '../endpoint.ts';
import { readWhen } from '../query.ts';
import { toWire } from '../wire.ts';

export function ownerRoutes(deps: ApiDeps): Handlers<'listChanges'> {
  const { store, clock } = deps;
  return {
    async listChanges({ query }) {
      const now = clock.now();
      const { since, until, ...rest } = query;
      const { items, next_cursor } = await store.listChangeRecords({
        query: {
          ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
          ...(since === undefined ? {} : { since: readWhen(since, { now, path: 'query.since' }) }),
          ...(until === undefined ? {} : { until: readWhen(until, { now, path: 'query.until' }) }),
        },
      });
      return { body: { changes: toWire(items), ...(next_cursor === undefined ? {} : { next_cursor }) } };
    },
  };
}
