/** What the owner looks up: who changed what. */
import type { ApiDeps } from '../api-deps.ts';
import type { Handlers } from '../endpoint.ts';
import { readBounds } from '../query.ts';
import { toWire } from '../wire.ts';

export function ownerRoutes(deps: ApiDeps): Handlers<'listChanges'> {
  const { store, clock } = deps;
  return {
    async listChanges({ query }) {
      const { items, next_cursor } = await store.listChangeRecords({ query: readBounds(query, clock.now()) });
      return { body: { changes: toWire(items), ...(next_cursor === undefined ? {} : { next_cursor }) } };
    },
  };
}
