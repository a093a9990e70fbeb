// What a server, or the way to it, does to one adapter: connections end at every moment, statements take too long,
// transactions get in one another's way. No error may be left without somebody who hears it: it would end the process.
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/clock/clock.ts';
import { Database } from '../../src/store/postgres/database.ts';
import { NotifyChannel } from '../../src/store/postgres/notify-channel.ts';
import { testDatabase } from './test-database.ts';

const NAME = 'rouse trouble';

let url: string;
let admin: pg.Client;
let database: Database;

beforeEach(async () => {
  url = await testDatabase({ empty: true });
  admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query('create table things (id int primary key, n int not null)');
  await admin.query('insert into things values (1, 0), (2, 0)');
  database = new Database({ url, applicationName: NAME });
});
afterEach(async () => {
  await database.close();
  await admin.end();
});

/** Ends connections as an administrator, or a server that restarts, does; how many. */
async function terminate(): Promise<number> {
  const { rows } = await admin.query<{ pid: number }>(
    'select pid, pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = $1',
    [NAME],
  );
  return rows.length;
}

const sum = async (): Promise<number> => (await database.one<{ n: number }>('select sum(n) as n from things'))?.n ?? -1;

test('an idle connection that was ended costs at most one step, and nothing of it is heard of', async () => {
  expect(await sum()).toBe(0);
  expect(await terminate()).toBeGreaterThan(0);
  const first = await sum().catch((error: unknown) => error);
  expect([0, 'store_unavailable']).toContain(first === 0 ? first : (first as { code: string }).code);
  expect(await sum()).toBe(0);
});

test('a transaction whose connection was ended is undone and says so; the next one works', async () => {
  const broken = database.write(async (connection) => {
    await connection.run('update things set n = 7');
    await terminate();
    await connection.run('update things set n = 8');
  });
  await expect(broken).rejects.toMatchObject({ code: 'store_unavailable', data: { outcome: 'unchanged' } });
  expect(await sum()).toBe(0);
});

test('many transactions at once whose connections are ended all hear of it', async () => {
  const started = Array.from({ length: 8 }, () =>
    database
      .write(async (connection) => connection.one('select pg_sleep(60)'))
      .then(
        () => 'done',
        (error: { code: string }) => error.code,
      ),
  );
  const sleeping = async (): Promise<number> =>
    (
      await admin.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity where application_name = $1 and wait_event = 'PgSleep'`,
        [NAME],
      )
    ).rows[0]!.n;
  await expect.poll(sleeping, { timeout: 15_000 }).toBe(8);
  await terminate();
  expect(new Set(await Promise.all(started))).toEqual(new Set(['store_unavailable']));
  expect(await sum()).toBe(0);
});

test('a statement that takes too long is ended by the server, named, and its connection goes on', async () => {
  const slow = database.write(async (connection) => {
    await connection.run(`set local statement_timeout = '50ms'`);
    await connection.one('select pg_sleep(30)');
  });
  await expect(slow).rejects.toMatchObject({
    code: 'store_unavailable',
    data: { outcome: 'unchanged', reason: 'a statement took longer than the PostgreSQL server was given' },
  });
  expect(await sum()).toBe(0);
});

test('a lock that somebody holds for too long is named, and nothing is changed', async () => {
  await admin.query('begin');
  await admin.query('update things set n = 1 where id = 1');
  const waits = database.write(async (connection) => {
    await connection.run(`set local lock_timeout = '50ms'`);
    await connection.run('update things set n = n + 1');
  });
  await expect(waits).rejects.toMatchObject({
    code: 'store_unavailable',
    data: { reason: 'another node holds a lock for longer than anybody should' },
  });
  await admin.query('rollback');
  expect(await sum()).toBe(0);
});

test('of transactions that wait for one another one is done again: both take effect', async () => {
  const met = Promise.withResolvers<void>();
  let arrived = 0;
  let tries = 0;
  const crossing = (order: [number, number]): Promise<void> =>
    database.write(async (connection) => {
      tries += 1;
      await connection.run('update things set n = n + 1 where id = ?', order[0]);
      arrived += 1;
      if (arrived === 2) met.resolve();
      await met.promise;
      await connection.run('update things set n = n + 1 where id = ?', order[1]);
    });
  await Promise.all([crossing([1, 2]), crossing([2, 1])]);
  expect(await sum()).toBe(4);
  // Whoever is done again may meet the other one again.
  expect(tries).toBeGreaterThan(2);
});

test('a channel whose connection was ended comes back, says that it missed something, and hears again', async () => {
  const channel = (node: string) =>
    new NotifyChannel({ options: { url, applicationName: NAME }, clock: systemClock(), node });
  const [speaker, listener] = [channel('a'), channel('b')];
  try {
    const heard: string[] = [];
    listener.listen((said) => heard.push('missed' in said ? 'missed' : said.text));
    const listening = async (): Promise<number> =>
      (
        await admin.query<{ n: number }>(
          `select count(*)::int as n from pg_stat_activity where application_name = $1 and query like 'listen%'`,
          [NAME],
        )
      ).rows[0]!.n;
    await expect.poll(listening, { timeout: 15_000 }).toBe(2);
    speaker.tell('first');
    await expect.poll(() => heard, { timeout: 15_000 }).toEqual(['first']);
    expect(await terminate()).toBe(2);
    await expect.poll(() => heard, { timeout: 15_000 }).toEqual(['first', 'missed']);
    speaker.tell('second');
    await expect.poll(() => heard, { timeout: 15_000 }).toEqual(['first', 'missed', 'second']);
  } finally {
    await speaker.close();
    await listener.close();
  }
});
