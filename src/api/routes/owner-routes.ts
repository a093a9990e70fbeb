/** What the owner looks up: who changed what, and which machines take part. */
import type { ApiDeps } from '../api-deps.ts';
import type { Handlers } from '../endpoint.ts';
import { pageOf } from '../page-list.ts';
import { readWhen } from '../query.ts';
import { toWire } from '../wire.ts';

export function ownerRoutes(deps: ApiDeps): Handlers<'listChanges' | 'listNodes'> {
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

    async listNodes({ query }) {
      const { node, version, started_at } = deps.status();
      const { running } = await store.readCounts();
      const own = { name: node, version, started_at, own: true, running };
      const { items, ...more } = pageOf([own], { query, keyOf: ({ name }) => name });
      return { body: { nodes: items.map((item) => toWire(item)), ...more } };
    },
  };
}
