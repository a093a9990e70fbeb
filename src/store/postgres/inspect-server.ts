/** Looks at a server and its database without changing anything: for whoever asks why a daemon cannot work there. */
import type { EpochMs } from '../../model/instant.ts';
import { clientOptions } from './database.ts';
import { inspectSchema, type SchemaState } from './migrate.ts';
import { allMigrations } from './migrations/all-migrations.ts';
import { translatePostgresError } from './postgres-error.ts';
import { ServerClient } from './server-client.ts';

export interface ServerState {
  /** As it says of itself, `18.1`. */
  version: string;
  /** `150004` for 15.4. */
  versionNumber: number;
  /** How far this machine's clock is ahead of the server's, in milliseconds. */
  skewMs: number;
  /** Connections of everybody, and how many the server lets ordinary users have. */
  connections: { used: number; max: number };
  schema: SchemaState;
}

/** Throws `store_unavailable` for a server that cannot be reached or refuses us. Never says the password. */
export async function inspectServer(p: { url: string; now: () => EpochMs }): Promise<ServerState> {
  const options = clientOptions({ url: p.url, applicationName: 'rouse doctor' });
  const client = new ServerClient({ ...options, connectionTimeoutMillis: 5000, query_timeout: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const before = p.now();
    const { rows } = await client.query<{ at: number; version: string; number: string; used: number; max: number }>(
      FACTS,
    );
    const [facts] = rows;
    const between = Math.round((before + p.now()) / 2);
    return {
      version: facts!.version.split(' ')[0] ?? facts!.version,
      versionNumber: Number(facts!.number),
      skewMs: between - facts!.at,
      connections: { used: facts!.used, max: facts!.max },
      schema: await inspectSchema(client, allMigrations),
    };
  } catch (error) {
    throw translatePostgresError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const FACTS = `select (extract(epoch from clock_timestamp()) * 1000)::bigint as at,
  current_setting('server_version') as version, current_setting('server_version_num') as number,
  (select count(*) from pg_stat_activity where backend_type = 'client backend')::int as used,
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as max`;
