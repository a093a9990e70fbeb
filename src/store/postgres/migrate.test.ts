// Several nodes that bring one database up to date at once, and versions that work side by side, on a real server.
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { testDatabase } from '../../../test/postgres/test-database.ts';
import { systemClock } from '../../clock/clock.ts';
import { migrate } from './migrate.ts';
import { allMigrations } from './migrations/all-migrations.ts';
import type { Migration } from './migrations/migration.ts';

// The first test of a run waits for the server to be made.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let url: string;
let client: pg.Client;
beforeEach(async () => {
  url = await testDatabase({ empty: true });
  client = new pg.Client({ connectionString: url });
  await client.connect();
});
afterEach(() => client.end());

const start = (migrations: readonly Migration[]): Promise<void> =>
  migrate({ url, applicationName: 'test', clock: systemClock() }, migrations);

/** A schema of a later version: so many generations after this one's. */
function later(generations: number, p: { additive?: boolean } = {}): Migration[] {
  const own = allMigrations.at(-1)!;
  const more = Array.from({ length: generations }, (_, i): Migration => ({
    version: own.version + 1 + i,
    name: `later-${i + 1}`,
    generation: (own.generation ?? 1) + 1 + i,
    additive: p.additive ?? true,
    sql: `create table later_${i + 1} (x bigint)`,
  }));
  return [...allMigrations, ...more];
}

async function appliedVersions(): Promise<number[]> {
  const { rows } = await client.query<{ version: number }>('select version::int from migrations order by version');
  return rows.map(({ version }) => version);
}

const versions = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('nodes that start at once', () => {
  test('make the schema once, and each finds it made', async () => {
    await Promise.all(Array.from({ length: 5 }, () => start(allMigrations)));
    expect(await appliedVersions()).toEqual(versions(allMigrations.length));
  });

  test('of which some are newer, leave what the newest made, whoever came first', async () => {
    const newer = later(1);
    await Promise.all([start(allMigrations), start(newer), start(allMigrations), start(newer), start(newer)]);
    expect(await appliedVersions()).toEqual(versions(newer.length));
  });

  test('go on where one was ended in the middle', async () => {
    await start(allMigrations.slice(0, 4));
    await Promise.all(Array.from({ length: 5 }, () => start(allMigrations)));
    expect(await appliedVersions()).toEqual(versions(allMigrations.length));
  });
});

describe('a node', () => {
  test('works on the schema of the generation after its own, and on no later one', async () => {
    await start(later(1));
    await start(allMigrations);
    await start(later(2));
    await expect(start(allMigrations)).rejects.toThrow(/changed by a newer version.*later-2/);
    await start(later(1));
  });

  test('works on no newer schema that takes something away', async () => {
    await start(later(1, { additive: false }));
    await expect(start(allMigrations)).rejects.toThrow(/changed by a newer version.*later-1/);
  });

  test.each([
    ['is two generations later', later(2)],
    ['takes something away', later(1, { additive: false })],
  ])('does not make a schema that %s while nodes live that could not work on it', async (_what, migrations) => {
    await start(allMigrations);
    const heard = (at: number): Promise<unknown> =>
      client.query(
        `insert into nodes (name, instance, version, labels, url, started_at, heartbeat_at, running, draining)
          values ('a', 'a1', '0.1.0', '[]', '', 0, $1, 0, 0) on conflict (name) do update set heartbeat_at = $1`,
        [at],
      );
    await heard(Date.now());
    await expect(start(migrations)).rejects.toThrow(/could not work with: a \(0\.1\.0\)/);
    expect(await appliedVersions()).toEqual(versions(allMigrations.length));
    await start(later(1));
    await heard(Date.now() - 120_000);
    await start(later(2));
  });
});
