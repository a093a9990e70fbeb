/** Opens the store on a PostgreSQL server: the schema first, then the pool. */
import type { Clock } from '../../clock/clock.ts';
import type { Store } from '../store.ts';
import { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { allMigrations } from './migrations/all-migrations.ts';
import { createPostgresStore } from './postgres-store.ts';

/**
 * `url` is `postgres://user:password@host:port/database`; `node` names this instance to whoever looks at the server.
 * Throws `store_unavailable` for a server that cannot be reached and for a database that is not ours, is of a newer
 * version that this one cannot work beside, or was altered. Never says the password.
 */
export async function openPostgresStore(p: { url: string; node: string; clock: Clock }): Promise<Store> {
  const options = { url: p.url, applicationName: `rouse ${p.node}`.slice(0, 63) };
  await migrate({ ...options, clock: p.clock }, allMigrations);
  return createPostgresStore(new Database(options));
}
