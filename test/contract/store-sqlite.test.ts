// The SQLite adapter against the contract, and what only a file in a folder can do to it.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TestContext } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import {
  MINUTE,
  T0,
  accept,
  allRuns,
  claim,
  claimIds,
  createJob,
  decideOne,
  finish,
  job,
  newRun,
  placeAt,
  trigger,
} from './store-fixture.ts';
import type { StoreUnderTest } from './store-fixture.ts';
import { describeStoreContract } from './store.ts';

async function openStore(): Promise<StoreUnderTest> {
  const home = await mkdtemp(path.join(tmpdir(), 'rouse-store-'));
  let store = await openSqliteStore({ home, node: 'node-a', now: T0, threads: true });
  return {
    store,
    async reopen() {
      await store.close();
      store = await openSqliteStore({ home, node: 'node-b', now: T0, threads: true });
      return store;
    },
    async dispose() {
      await store.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

describeStoreContract('sqlite', openStore);

describe('the SQLite store in its home', () => {
  let home: string;
  let ending: (() => unknown)[];
  const open = async (at = home): Promise<Store> => {
    const store = await openSqliteStore({ home: at, node: 'node-a', now: T0, threads: true });
    ending.push(() => store.close());
    return store;
  };
  /** The file itself, behind the store's back. */
  const sql = (text: string): Record<string, unknown>[] => {
    const database = new DatabaseSync(path.join(home, 'rouse.db'));
    try {
      return database.prepare(text).all();
    } finally {
      database.close();
    }
  };
  /** A small file system of its own; skips the test where this user may not mount one. */
  const mount = async (context: TestContext, size: string): Promise<string> => {
    const folder = path.join(home, 'mounted');
    await mkdir(folder);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
    if (mounted.status !== 0) context.skip('this user may not mount a file system of a fixed size or without writing');
    ending.unshift(() => spawnSync('umount', ['-l', folder]));
    return folder;
  };
  const refusal = (code: string, reason: RegExp) => ({
    code,
    message: expect.stringMatching(reason) as string,
  });

  beforeEach(async () => {
    ending = [];
    home = await mkdtemp(path.join(tmpdir(), 'rouse-home-'));
  });
  afterEach(async () => {
    for (const end of ending.toReversed()) await end();
    await rm(home, { recursive: true, force: true });
  });

  describe('files', () => {
    test('a home that does not exist is created, and everything in it belongs to the owner alone', async () => {
      const created = path.join(home, 'deep', 'home');
      const store = await open(created);
      await createJob(store, job('job_a'));
      expect((await stat(created)).mode & 0o777).toBe(0o700);
      const names = await readdir(created);
      expect(names).toEqual(expect.arrayContaining(['rouse.db', 'rouse.db-wal', 'rouse.lock']));
      for (const name of names)
        expect([name, (await stat(path.join(created, name))).mode & 0o777]).toEqual([name, 0o600]);
    });

    test('files that others may read are closed to them', async () => {
      await (await open()).close();
      await chmod(path.join(home, 'rouse.db'), 0o644);
      await open();
      expect((await stat(path.join(home, 'rouse.db'))).mode & 0o777).toBe(0o600);
    });

    test('the log is written back when the store closes', async () => {
      const store = await open();
      await createJob(store, job('job_a'));
      await store.close();
      expect(await readdir(home)).toEqual(['rouse.db', 'rouse.lock']);
      expect(sql('select name from automations')).toMatchObject([{ name: 'a' }]);
    });
  });

  describe('the lock', () => {
    test('a second opener is refused, with the pid where it is known, and let in after the first closed', async () => {
      const store = await open();
      await expect(open()).rejects.toMatchObject({ code: 'home_in_use', data: { home } });
      await writeFile(path.join(home, 'daemon.json'), JSON.stringify({ pid: 4711, url: 'http://x', version: '1' }));
      await expect(open()).rejects.toMatchObject({ code: 'home_in_use', data: { home, pid: 4711 } });
      await writeFile(path.join(home, 'daemon.json'), '{"pid": "half');
      await expect(open()).rejects.toMatchObject({ code: 'home_in_use', data: { home } });
      await store.close();
      await open();
    });

    test('trying does not take the lock away from its holder', async () => {
      await open();
      await expect(open()).rejects.toMatchObject({ code: 'home_in_use' });
      // From another process, because within one SQLite would know without asking the operating system.
      const other = spawnSync(process.execPath, [writerPath, home], { encoding: 'utf8' });
      expect(other.stderr).toContain('Another daemon');
      expect(other.stdout).toBe('');
    });
  });

  describe('killed in the middle of writing', () => {
    test('everything that was confirmed is there, nothing is torn, and the home is free at once', async () => {
      for (const lines of [1, 37, 150]) {
        const confirmed = await writeUntilKilled(home, lines);
        const store = await open();
        expect(sql('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
        expect(sql('pragma foreign_key_check')).toEqual([]);
        const runs = new Map((await allRuns(store)).map((run) => [run.id, run]));
        for (const { what, id } of confirmed) {
          const status = runs.get(id)?.status;
          const possible = {
            created: ['scheduled', 'running', 'completed'],
            claimed: ['running', 'completed'],
            finished: ['completed'],
          };
          expect([what, id, possible[what].includes(status ?? 'missing')]).toEqual([what, id, true]);
        }
        // Every cursor stands right behind the last instant that has its row.
        for (const { automation } of (await store.listJobs({ query: {} })).items) {
          const record = await store.getJob({ id: automation.id });
          expect(record?.cursor?.next_run_at).toBe(
            record?.last_run === undefined ? T0 : record.last_run.scheduled_at! + MINUTE,
          );
        }
        await store.close();
        await rm(path.join(home, 'rouse.db'));
      }
    });
  });

  describe('a disk without space', () => {
    test('refuses the step whole, and goes on when there is room again', async (context) => {
      const folder = await mount(context, '3m');
      const ballast = path.join(folder, 'ballast');
      await writeFile(ballast, Buffer.alloc(1_500_000));
      const store = await open(folder);
      await createJob(store, job('job_a'));
      const refused = await fillUp(store);
      expect(refused).toMatchObject({ code: 'disk_full' });
      const before = await allRuns(store);
      const batch = ['x', 'y'].map((fire) => newRun({ fire_id: `fire_${fire}`, prompt: 'z'.repeat(400_000) }));
      await expect(accept(store, 'job_a', batch)).rejects.toMatchObject({ code: 'disk_full' });
      expect(await allRuns(store)).toEqual(before);
      await unlink(ballast);
      expect(await accept(store, 'job_a', batch)).toHaveLength(2);
      expect(await claimIds(store)).toHaveLength(before.length + 2);
      await store.close();
      expect(await allRuns(await open(folder))).toHaveLength(before.length + 2);
    });

    test('a home that cannot even be opened for lack of space says so', async (context) => {
      const folder = await mount(context, '64k');
      await writeFile(path.join(folder, 'ballast'), Buffer.alloc(60_000));
      await expect(open(folder)).rejects.toMatchObject({ code: 'disk_full' });
    });
  });

  describe('a home that may not be written', () => {
    test('is refused before anything is touched', async (context) => {
      const folder = await mount(context, '8m');
      const store = await open(folder);
      await store.close();
      expect(spawnSync('mount', ['-o', 'remount,ro', folder]).status).toBe(0);
      await expect(open(folder)).rejects.toMatchObject({ code: 'home_read_only', data: { home: folder } });
      await expect(open(path.join(folder, 'new'))).rejects.toMatchObject({ code: 'home_read_only' });
    });

    test('so is one that is a file', async () => {
      await writeFile(path.join(home, 'file'), '');
      await expect(open(path.join(home, 'file'))).rejects.toMatchObject({ code: 'home_read_only' });
    });
  });

  describe('a file that is not what it should be', () => {
    test('no database', async () => {
      await writeFile(
        path.join(home, 'rouse.db'),
        'this is a diary, not a database, and it is long enough to be read\n'.repeat(50),
      );
      await expect(open()).rejects.toMatchObject(refusal('store_unavailable', /not an SQLite database/));
      expect(await readFile(path.join(home, 'rouse.db'), 'utf8')).toContain('diary');
    });

    test("another program's database", async () => {
      sql('create table notes (text text)');
      await expect(open()).rejects.toMatchObject(refusal('store_unavailable', /some other program/));
      expect(sql('select name from sqlite_schema')).toEqual([{ name: 'notes' }]);
    });

    test('a newer schema', async () => {
      await (await open()).close();
      sql('pragma user_version = 99');
      await expect(open()).rejects.toMatchObject(refusal('store_unavailable', /newer version of Rouse/));
    });

    test('a schema that was made differently', async () => {
      await (await open()).close();
      sql(`update migrations set checksum = 'other'`);
      await expect(open()).rejects.toMatchObject(refusal('store_unavailable', /migration 1/));
    });

    test('a damaged file, and the lock is given back with every refusal', async () => {
      const store = await open();
      for (let i = 0; i < 50; i += 1) await createJob(store, job(`job_${i}`, { prompt: 'p'.repeat(2000) }));
      await store.close();
      await truncate(path.join(home, 'rouse.db'), 40_000);
      const damaged = open().then((opened) => opened.listJobs({ query: { limit: 500 } }));
      await expect(damaged).rejects.toMatchObject({ code: 'store_unavailable' });
    });
  });

  describe("yesterday's database", () => {
    test('of the first version opens with everything in it', async () => {
      const database = new DatabaseSync(path.join(home, 'rouse.db'));
      database.exec(await readFile(new URL('./fixtures/store-sqlite-v1.sql', import.meta.url), 'utf8'));
      database.close();
      const store = await open();
      const { bytes: _bytes, ...counts } = await store.readCounts();
      expect(counts).toEqual({ jobs: 2, triggers: 1, scheduled: 1, running: 1 });
      expect(await store.getJob({ id: 'job_a' })).toMatchObject({
        automation: { tags: ['docs'], description: 'kept' },
        cursor: { next_run_at: T0 + MINUTE },
      });
      expect(await store.getJob({ id: 'job_file' })).toMatchObject({
        enabled: false,
        overlay: { enabled_override: false },
      });
      const [done] = (await store.listRuns({ query: { status: 'completed' } })).items;
      expect(done).toMatchObject({ output: 'all well', prompt: 'as sent', started_at: T0 + 1 });
      const transcript = await store.readTranscript({ session_id: done!.session_id!, after_seq: 0, limit: 10 });
      expect(transcript).toMatchObject([{ text: 'said' }]);
      const [abandoned] = await store.listAbandoned({ now: T0, node: 'node-a', limit: 5 });
      expect(await finish(store, abandoned!)).toMatchObject({ outcome: 'finished' });
      expect(await claim(store)).toMatchObject([{ run: { fire_id: 'fire_waiting' } }]);
      expect(await store.findWorkspace({ ref: 'a' })).toMatchObject({ path: '/src/a' });
      expect(await store.readFact({ name: 'zone' })).toBe('UTC');
      expect(sql('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    });
  });

  describe('a stored definition that cannot be read', () => {
    const spoil = (id: string, text = '{"half'): unknown =>
      sql(`update automations set definition = '${text}' where id = '${id}'`);
    let store: Store;

    beforeEach(async () => {
      store = await open();
      await createJob(store, job('job_bad'), T0);
      await createJob(store, job('job_good'), T0);
    });

    test('is shown with the reason, switched off, beside the others', async () => {
      spoil('job_bad');
      const { items } = await store.listJobs({ query: {} });
      expect(items).toMatchObject([
        { automation: { id: 'job_bad', name: 'bad', prompt: '', enabled: false }, enabled: false },
        { automation: { id: 'job_good' }, enabled: true },
      ]);
      expect(items[0]?.unreadable).toMatch(/cannot be read/);
      expect(items[1]?.unreadable).toBeUndefined();
    });

    test('whatever is wrong with it', async () => {
      const texts = [
        '',
        'null',
        '[]',
        '{}',
        '{"id":"job_good"}',
        JSON.stringify({ ...job('job_bad'), fire_limit: { max: 1, window: 'soon' } }),
      ];
      for (const text of texts) {
        spoil('job_bad', text);
        expect([text, (await store.getJob({ id: 'job_bad' }))?.unreadable]).toEqual([text, expect.any(String)]);
      }
    });

    test('is parked by the planner, which asks nobody about it and goes on', async () => {
      spoil('job_bad');
      const planned = await store.planFires({ now: T0, limit: 10, daily_since: null, decide: decideOne() });
      expect(planned.map((fire) => [fire.job_id, fire.runs.length])).toEqual([
        ['job_bad', 0],
        ['job_good', 1],
      ]);
      expect(planned[0]?.parked_error).toMatch(/cannot be read/);
      expect(await store.planFires({ now: T0, limit: 10, daily_since: null, decide: decideOne() })).toEqual([]);
      expect(await store.replaceCursors({ now: T0, which: 'parked', placeCursor: placeAt(T0) })).toEqual({ parked: 1 });
    });

    test('accepts nothing, its waiting runs wait, and both end when it is mended', async () => {
      const waiting = await accept(store, 'job_bad', [newRun({ exclusive: true }), newRun(), newRun()]);
      const [good] = await accept(store, 'job_good', [newRun()]);
      spoil('job_bad');
      expect(
        await store.acceptRuns({
          now: T0,
          automation_id: 'job_bad',
          daily_since: null,
          decide: () => ({ refuse: 'asked' }),
        }),
      ).toEqual({
        outcome: 'not_found',
      });
      expect(await claimIds(store)).toEqual([good!.id]);
      expect(await claimIds(store)).toEqual([]);
      await store.updateAutomation({
        now: T0,
        id: 'job_bad',
        change: ({ name }) => ({ automation: job('job_bad', { name }) }),
        placeCursor: placeAt(T0),
      });
      expect(await claimIds(store)).toEqual(waiting.map((run) => run.id));
    });

    test('of a file is mended by the next sync', async () => {
      const automations = [job('job_file', { source: 'config' })];
      const sync = (): ReturnType<Store['syncAutomations']> =>
        store.syncAutomations({ now: T0, source: 'config', automations, keep_ids: [], placeCursor: placeAt(T0) });
      await sync();
      spoil('job_file');
      expect(await sync()).toMatchObject({ changed: ['job_file'] });
      expect((await store.getJob({ id: 'job_file' }))?.unreadable).toBeUndefined();
    });

    test('can be deleted, and a run of it that is running can be finished', async () => {
      await accept(store, 'job_bad', [newRun()]);
      const [running] = await claim(store);
      spoil('job_bad');
      const ended = await store.finishRun({
        placeCursor: placeAt(undefined),
        now: T0,
        run_id: running!.run.id,
        token: running!.token,
        result: { status: 'failed', error: 'broke' },
        decideFollowUp: ({ record }) => {
          expect(record).toBeUndefined();
          return { consecutive_failures: 1 };
        },
      });
      expect(ended).toMatchObject({ outcome: 'finished', run: { status: 'failed' } });
      expect(await store.deleteAutomation({ now: T0, id: 'job_bad', actor: 'user:x' })).toMatchObject({
        outcome: 'deleted',
      });
    });
  });

  describe('the database itself', () => {
    test('refuses to change what is finished, or to move a run backwards', async () => {
      const store = await open();
      await createJob(store, job('job_a'));
      await accept(store, 'job_a', [newRun(), newRun()]);
      const [done] = await claim(store, { tokens: ['token-1'] });
      await finish(store, done!);
      await claim(store, { tokens: ['token-2'] });
      await store.close();
      const change = (set: string, where: string) => () => sql(`update runs set ${set} where ${where}`);
      expect(change(`error = 'rewritten'`, `status = 'completed'`)).toThrow('a finished run never changes');
      expect(change(`status = 'scheduled', queue = 'ready'`, `status = 'completed'`)).toThrow(
        'a finished run never changes',
      );
      expect(change(`status = 'scheduled', queue = 'ready'`, `status = 'running'`)).toThrow('may not go back');
      expect(change(`status = 'delegated'`, `status = 'running'`)).toThrow('may not go back');
      expect(change(`status = 'failed', slot = null`, `status = 'running'`)).not.toThrow();
    });

    test('another program that reads or backs up at the same time does not disturb', async () => {
      const store = await open();
      await createJob(store, job('job_a'));
      const reader = new DatabaseSync(path.join(home, 'rouse.db'), { readOnly: true });
      ending.push(() => reader.close());
      reader.exec('begin');
      expect(reader.prepare('select count(*) as count from automations').get()).toEqual({ count: 1 });
      await store.createAutomation({ now: T0, automation: trigger('trg_a'), placeCursor: placeAt(undefined) });
      expect(reader.prepare('select count(*) as count from automations').get()).toEqual({ count: 1 });
      expect((await store.readCounts()).triggers).toBe(1);
      reader.exec('commit');
    });
  });

  /** Accepts ever more text until the store refuses; the refusal. */
  async function fillUp(store: Store): Promise<unknown> {
    for (let i = 0; i < 1000; i += 1) {
      try {
        await accept(store, 'job_a', [newRun({ prompt: 'x'.repeat(50_000) })]);
      } catch (error) {
        return error;
      }
    }
    return undefined;
  }

  const writerPath = path.join(import.meta.dirname, 'store-sqlite-writer.ts');

  /** What a writing process had confirmed when it was killed after that many lines. */
  async function writeUntilKilled(
    at: string,
    lines: number,
  ): Promise<{ what: 'created' | 'claimed' | 'finished'; id: string }[]> {
    const writer: ChildProcess = spawn(process.execPath, [writerPath, at], { stdio: ['ignore', 'pipe', 'inherit'] });
    ending.push(() => writer.kill('SIGKILL'));
    const exited = once(writer, 'exit');
    const confirmed: { what: 'created' | 'claimed' | 'finished'; id: string }[] = [];
    for await (const line of createInterface({ input: writer.stdout! })) {
      const [what, id] = line.split(' ');
      // A line that was cut off by the kill says nothing.
      if (id !== undefined && /^run_job_\d+_\d{13}_1$/.test(id)) confirmed.push({ what: what as 'created', id });
      if (confirmed.length === lines) writer.kill('SIGKILL');
    }
    expect(await exited).toEqual([null, 'SIGKILL']);
    expect(confirmed.length).toBeGreaterThanOrEqual(lines);
    return confirmed;
  }
});
