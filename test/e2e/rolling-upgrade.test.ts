// Two real nodes over one server are replaced by newer ones, one after the other, while jobs come due: the first newer one
// changes the schema beneath the older one, which goes on; every instant runs exactly once throughout.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { bringToRest, judge, loadToml } from '../crash/crash-load.ts';
import { testDatabase } from '../postgres/test-database.ts';

const newer = { command: [process.execPath, path.join(import.meta.dirname, 'newer-daemon.ts')] };

test('a cluster is upgraded node by node, and every instant runs once', { timeout: 300_000 }, async () => {
  const url = await testDatabase();
  const markers = await realpath(await mkdtemp(path.join(tmpdir(), 'rouse-rolling-')));
  const schedule = '{ mode = "every", interval = "2s", catch_up_policy = "replay", catch_up_max = 1000 }';
  const jobs = Array.from({ length: 3 }, (_, i) => ({
    name: `job-${i}`,
    schedule,
    prompt: ['sleep 0.05'],
    overlap: 'queue_all',
  }));
  const config = loadToml({ maxConcurrent: 4, markers, jobs });
  const open = (name: string): Promise<ScratchDaemon> =>
    openScratchDaemon({
      config,
      environment: { ...process.env, ROUSE_STORE_URL: url, ROUSE_NODE: name },
      withinMs: 120_000,
    });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const schema = async (): Promise<number> =>
    (await client.query<{ version: number }>('select max(version)::int as version from migrations')).rows[0]!.version;
  try {
    await using a = await open('a');
    await using b = await open('b');
    /** Both carry out runs that were made from now on. */
    const bothWork = async (): Promise<void> => {
      const since = Date.now();
      await a.waitUntil(async ({ client: asked }) => {
        const { runs } = await asked.runs.list({ since: new Date(since).toISOString(), status: 'completed' });
        return new Set(runs.map((run) => run.node)).size === 2;
      });
    };
    await bothWork();
    const before = await schema();
    const stayed = b.pid;

    await a.stop();
    await a.start(newer);
    expect(await schema()).toBe(before + 1);
    await bothWork();
    expect(b.pid, 'the older one goes on as it is').toBe(stayed);
    // One that is older may also come (again) when the schema is newer already: the way back.
    await b.stop();
    await b.start();
    await bothWork();

    await b.stop();
    await b.start(newer);
    await bothWork();
    const atRest = await bringToRest(a);
    expect(await judge({ daemon: a, jobs: atRest, markers })).toEqual([]);
  } finally {
    await client.end();
    await rm(markers, { recursive: true, force: true });
  }
});
