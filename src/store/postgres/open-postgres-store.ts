/** Opens the store on a PostgreSQL server: the schema first, then the pool. */
import type { Clock } from '../../clock/clock.ts';
import { AppError } from '../../errors/app-error.ts';
import type { Store } from '../store.ts';
import { Database } from './database.ts';
import { readFact } from './facts.ts';
import { migrate } from './migrate.ts';
import { allMigrations } from './migrations/all-migrations.ts';
import { NotifyChannel } from './notify-channel.ts';
import { createPostgresStore } from './postgres-store.ts';

/** The fact that says that a home is being moved here: nobody works with half of it. */
export const MOVING_FACT = 'moving_from_sqlite';

/**
 * `url` is `postgres://user:password@host:port/database`; `node` names this instance to whoever looks at the server.
 * Throws `store_unavailable` for a server that cannot be reached and for a database that is not ours, is of a newer
 * version that this one cannot work beside, or was altered. Never says the password.
 */
export async function openPostgresStore(p: { url: string; node: string; clock: Clock }): Promise<Store> {
  const options = { url: p.url, applicationName: `rouse ${p.node}`.slice(0, 63) };
  await migrate({ ...options, clock: p.clock }, allMigrations);
  const database = new Database(options);
  if ((await readFact(database, { name: MOVING_FACT })) !== undefined) {
    await database.close();
    const reason = 'a home is being moved to this database; finish it with `rouse migrate sqlite-to-postgres`';
    throw new AppError('store_unavailable', { outcome: 'unchanged', reason });
  }
  const { clock, node } = p;
  const channel = new NotifyChannel({ options, clock, node: node.replaceAll(' ', '_') });
  return createPostgresStore(database, { clock, channel });
}
