/**
 * Brings a database to the schema of this version. Several nodes may start at once: one migrates, the others wait for
 * it. Each migration is one transaction together with the mark that says it is applied.
 *
 * Rolling upgrades (docs/decisions/0022): a node works on a schema of the generation after its own, as long as what is new
 * there is `additive`. So the new version starts on one node, changes the schema, and the others go on until their turn
 * comes. Whatever the living nodes could not work with is not done while they live.
 */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { type Clock, delay } from '../../clock/clock.ts';
import { AppError } from '../../errors/app-error.ts';
import { invariant } from '../../errors/invariant.ts';
import { clientOptions } from './database.ts';
import type { DatabaseOptions } from './database.ts';
import type { Migration } from './migrations/migration.ts';
import { translatePostgresError } from './postgres-error.ts';
import { ServerClient } from './server-client.ts';

/** How long a node waits for another one that migrates; rewriting a table of ten million rows takes minutes. */
const WAIT_MS = 600_000;
const LOOK_MS = 200;
const TRY_LOCK = 'select pg_try_advisory_lock(1383036275, 3) as locked';

/** Throws `store_unavailable` for a database that is not ours, is newer than we can use, or was changed behind our back. */
export async function migrate(
  options: DatabaseOptions & { clock: Clock },
  migrations: readonly Migration[],
): Promise<void> {
  const client = new ServerClient({ ...clientOptions(options), connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await waitForTurn(client, options.clock);
    const applied = await readApplied(client);
    refuseAltered(applied, migrations);
    refuseNewer(applied, migrations);
    const pending = migrations.slice(applied.length);
    if (!isForNeighbours(applied, pending)) await refuseWhileNodesLive(client, options.clock);
    for (const migration of pending) await apply(client, migration, migrations);
  } catch (error) {
    throw translatePostgresError(error);
  } finally {
    // The lock goes with the connection.
    await client.end().catch(() => undefined);
  }
}

/** What a database holds, for who only looks. `refused`: a start would end with this sentence. */
export type SchemaState = { applied: number; known: number } | { refused: string };

export async function inspectSchema(client: pg.Client, migrations: readonly Migration[]): Promise<SchemaState> {
  try {
    const applied = await readApplied(client);
    refuseAltered(applied, migrations);
    refuseNewer(applied, migrations);
    return { applied: applied.length, known: migrations.length };
  } catch (error) {
    if (error instanceof AppError) return { refused: error.message };
    throw error;
  }
}

async function waitForTurn(client: pg.Client, clock: Clock): Promise<void> {
  const since = clock.monotonicMs();
  for (;;) {
    const { rows } = await client.query<{ locked: boolean }>(TRY_LOCK);
    if (rows[0]?.locked === true) return;
    if (clock.monotonicMs() - since > WAIT_MS) throw refusal('another node has been changing the schema for too long');
    await delay(clock, LOOK_MS);
  }
}

interface Applied {
  version: number;
  name: string;
  checksum: string;
  generation: number;
  additive: boolean;
}

async function readApplied(client: pg.Client): Promise<Applied[]> {
  const { rows } = await client.query<{ migrations: string | null; runs: string | null }>(
    `select to_regclass('migrations') as migrations, to_regclass('runs') as runs`,
  );
  if (rows[0]?.migrations === null) {
    if (rows[0].runs !== null) throw refusal('it is the database of some other program');
    return [];
  }
  try {
    const found = await client.query<Applied>(
      'select version::int, name, checksum, generation::int, additive from migrations order by version',
    );
    return found.rows;
  } catch (error) {
    // A table of that name with other columns is somebody else's.
    if (error instanceof Error && 'code' in error && error.code === '42703') {
      throw refusal('it is the database of some other program');
    }
    throw error;
  }
}

function refuseAltered(applied: readonly Applied[], migrations: readonly Migration[]): void {
  for (const migration of migrations.slice(0, applied.length)) {
    if (applied[migration.version - 1]?.checksum === checksum(migration)) continue;
    throw refusal(
      `it was made with another form of migration ${migration.version} (${migration.name}), ` +
        'so its tables cannot be trusted to be what this version expects',
    );
  }
}

function refuseNewer(applied: readonly Applied[], migrations: readonly Migration[]): void {
  const own = generationOf(migrations.at(-1));
  const newer = applied.slice(migrations.length);
  const beyond = newer.find((one) => !one.additive || one.generation > own + 1);
  if (beyond === undefined) return;
  throw refusal(
    `it was changed by a newer version of Rouse in a way that this one cannot work with (${beyond.name}); ` +
      'start that version on this node as well',
  );
}

function generationOf(migration: Pick<Migration, 'generation'> | undefined): number {
  return migration?.generation ?? 1;
}

/** Whether nodes that were content with what is applied are content with what is pending. */
function isForNeighbours(applied: readonly Applied[], pending: readonly Migration[]): boolean {
  const before = applied.at(-1);
  if (before === undefined) return true;
  return pending.every((one) => one.additive && generationOf(one) <= before.generation + 1);
}

/** Longer than a node may be silent and still be alive. */
const ALIVE_MS = 60_000;

async function refuseWhileNodesLive(client: pg.Client, clock: Clock): Promise<void> {
  const { rows: tables } = await client.query<{ nodes: string | null }>(`select to_regclass('nodes') as nodes`);
  if (tables[0]?.nodes == null) return;
  const { rows } = await client.query<{ name: string; version: string }>(
    'select name, version from nodes where heartbeat_at > $1 order by name',
    [clock.now() - ALIVE_MS],
  );
  if (rows.length === 0) return;
  const names = rows.map(({ name, version }) => `${name} (${version})`).join(', ');
  throw refusal(
    `this version changes its tables in a way that the nodes which work on it could not work with: ${names}; ` +
      'upgrade them to the version between first, or stop them',
  );
}

async function apply(client: pg.Client, migration: Migration, migrations: readonly Migration[]): Promise<void> {
  invariant(migrations[migration.version - 1] === migration, 'migrations are numbered from 1 without holes');
  await client.query('begin');
  try {
    if (migration.version === 1) {
      await client.query(
        `create table migrations (
          version bigint primary key, name text not null, checksum text not null, additive boolean not null,
          generation bigint not null default 1)`,
      );
    }
    await client.query(migration.sql);
    await client.query(
      'insert into migrations (version, name, checksum, additive, generation) values ($1, $2, $3, $4, $5)',
      [migration.version, migration.name, checksum(migration), migration.additive, generationOf(migration)],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

function checksum(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}

function refusal(reason: string): AppError {
  return new AppError('store_unavailable', {
    outcome: 'unchanged',
    reason: `the PostgreSQL database cannot be used: ${reason}`,
  });
}
