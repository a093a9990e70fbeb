/**
 * The SQLite adapter as several nodes would find it: what differs with capability `many` is only who counts as gone.
 * The real adapter of several nodes is on PostgreSQL; here the engine is tried, with a store that costs nothing.
 */
import type { Connection } from '../../src/store/sqlite/connection.ts';
import type { Store } from '../../src/store/store.ts';

/** A running claim that nobody on earth is called by: the adapter then lists all that run. */
const NOBODY = '';

export function sharedStore(store: Store, connection: () => Connection): Store {
  const endedBy = (now: number): Set<string> =>
    new Set(
      connection()
        .all<{ token: string }>(`select token from runs where status = 'running' and lease_until <= ?`, now)
        .map((row) => row.token),
    );
  const steps: Partial<Store> = {
    capabilities: { nodes: 'many' },
    async listAbandoned(p) {
      const ended = endedBy(p.now);
      if (ended.size === 0) return [];
      const running = await store.listAbandoned({ ...p, node: NOBODY, limit: 10_000 });
      return running.filter((claim) => ended.has(claim.token)).slice(0, p.limit);
    },
    async claimRuns(p) {
      const ended = endedBy(p.now);
      return store.claimRuns({ ...p, tokens: p.tokens.filter((token) => !ended.has(token)) });
    },
    async renewLeases(p) {
      const ended = endedBy(p.now);
      const kept = p.tokens.filter((token) => !ended.has(token));
      const lost = await store.renewLeases({ ...p, tokens: kept });
      return [...lost, ...p.tokens.filter((token) => ended.has(token))];
    },
  };
  const replaced = new Map<string | symbol, unknown>(Object.entries(steps));
  return new Proxy(store, {
    get: (target, name, receiver) => replaced.get(name) ?? (Reflect.get(target, name, receiver) as unknown),
  });
}
