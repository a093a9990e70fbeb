// What a move refuses, and what its comparison finds: on a real file and a real server.
import '../clock/temporal.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '../clock/clock.ts';
import { openPostgresStore } from '../store/postgres/open-postgres-store.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import { T0, accept, claim, createJob, finish, job, newRun, placeAt } from '../../test/contract/store-fixture.ts';
import { testDatabase } from '../../test/postgres/test-database.ts';
import { type MoveProgress, type Moved, moveToPostgres } from './move-to-postgres.ts';

// The first test of a run waits for the server to be made.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let home: string;
let url: string;
let server: pg.Client;

async function inHome(work: (store: Awaited<ReturnType<typeof openSqliteStore>>) => Promise<unknown>): Promise<void> {
  const store = await openSqliteStore({ home, node: 'node-a', now: T0 });
  await work(store);
  await store.close();
}

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'rouse-moving-'));
  await inHome(async (store) => {
    await createJob(store, job('job_a', { schedule: { mode: 'cron', expr: '0 9 * * *' } }), T0 + 1);
    await accept(store, 'job_a', [newRun(), newRun({ prompt: 'with a \0 in it' })]);
    for (const claimed of await claim(store)) await finish(store, claimed);
  });
});
afterAll(() => rm(home, { recursive: true, force: true }));
beforeEach(async () => {
  url = await testDatabase({ empty: true });
  server = new pg.Client({ connectionString: url });
  await server.connect();
});
afterEach(() => server.end());

const move = (p: { from?: string; onProgress?: (progress: MoveProgress) => void } = {}): Promise<Moved> =>
  moveToPostgres({
    home: p.from ?? home,
    to: url,
    environment: {},
    clock: systemClock(),
    onProgress: p.onProgress ?? (() => {}),
  });

/** Ends like a process that is killed when this is about to be done. */
const interruptAt = (doing: MoveProgress['doing'], table: string) =>
  move({
    onProgress: (progress) => {
      if (progress.doing === doing && progress.table === table && progress.rows === progress.total)
        throw new Error('cut');
    },
  });

test('moves everything, and compares rows, cursors and fires', async () => {
  const moved = await move();
  expect(moved).toMatchObject({ began: 'anew', jobs: 1, fires: 5 });
  expect(moved.tables.find(({ table }) => table === 'runs')).toMatchObject({ rows: 2 });
  const store = await openPostgresStore({ url, node: 'node-b', clock: systemClock() });
  expect((await store.listRuns({ query: {} })).items.map(({ prompt }) => prompt)).toContain('with a \uFFFD in it');
  await store.close();
});

test.each(['copying', 'comparing'] as const)('goes on after it was interrupted while %s', async (doing) => {
  await expect(interruptAt(doing, 'runs')).rejects.toThrow('cut');
  expect(await move()).toMatchObject({ began: 'resumed', jobs: 1 });
});

test.each([
  [
    'a value that differs',
    `update run_texts set prompt = prompt || '.'`,
    /2 rows of the table run_texts are not the same/,
  ],
  ['a row that is missing', `delete from run_texts`, /run_texts has 2 rows in the file and 0 on the server/],
  [
    'an instant that is off by one',
    `update cursors set due_at = due_at + 1`,
    /1 rows of the table cursors are not the same/,
  ],
])('finds %s, and no daemon opens the database', async (_what, sql, sentence) => {
  await expect(interruptAt('copying', 'facts')).rejects.toThrow('cut');
  await server.query(sql);
  await expect(move()).rejects.toMatchObject({ code: 'move_refused', message: expect.stringMatching(sentence) });
  await expect(openPostgresStore({ url, node: 'node-b', clock: systemClock() })).rejects.toThrow('is being moved');
});

test('begins over again when a daemon had the home since', async () => {
  await expect(interruptAt('copying', 'runs')).rejects.toThrow('cut');
  await inHome((store) => store.setOverlay({ now: T0, id: 'job_a', enabled_override: true, placeCursor: placeAt(T0) }));
  // The same node at the same instant would be the same opening.
  const again = await openSqliteStore({ home, node: 'node-c', now: T0 + 1 });
  await again.close();
  expect(await move()).toMatchObject({ began: 'over_again', jobs: 1 });
});

test('refuses a database that is in use, holds something, or half of another home, and a home that is none', async () => {
  const refused = (reason: RegExp) => ({ code: 'move_refused', message: expect.stringMatching(reason) });
  const empty = await mkdtemp(path.join(tmpdir(), 'rouse-moving-'));
  try {
    await expect(move({ from: empty })).rejects.toMatchObject(refused(/no rouse.db/));
    const store = await openPostgresStore({ url, node: 'node-b', clock: systemClock() });
    const now = Date.now();
    const node = { name: 'b', instance: 'b1', version: '1', labels: [], url: '', started_at: now, running: 0, cap: 0 };
    await store.announceNode({ now, alive_ms: 30_000, node });
    await expect(move()).rejects.toMatchObject(refused(/the node b works on/));
    await store.leaveNode({ name: 'b', instance: 'b1' });
    await store.writeFact({ now, name: 'zone', value: 'UTC' });
    await store.close();
    await expect(move()).rejects.toMatchObject(refused(/not empty \(its table facts has rows\)/));
    await server.query('delete from facts');
    await expect(interruptAt('copying', 'runs')).rejects.toThrow('cut');
    await (await openSqliteStore({ home: empty, node: 'node-d', now: T0 })).close();
    await expect(move({ from: empty })).rejects.toMatchObject(refused(/is being moved to the PostgreSQL database/));
  } finally {
    await rm(empty, { recursive: true, force: true });
  }
});
