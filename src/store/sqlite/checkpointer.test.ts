import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { delay, systemClock } from '../../clock/clock.ts';
import { Connection } from './connection.ts';

let folder: string;
let file: string;
let connection: Connection;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rouse-checkpointer-'));
  file = path.join(folder, 'test.db');
  connection = new Connection(file);
  connection.useThreads();
  connection.execute('create table notes (id integer primary key, text text not null) strict');
});
afterEach(async () => {
  await connection.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Eight pages or so, unless it is to be more. */
const addMuch = (characters = 30_000): number =>
  connection.write(() => connection.run('insert into notes (text) values (?)', 'x'.repeat(characters)));

/** Pages in the log, and how many of them are back in the database. */
const look = (): { log: number; checkpointed: number } =>
  connection.one<{ log: number; checkpointed: number }>('pragma wal_checkpoint(noop)')!;

test('a log that has grown comes back into the database without a commit having to do it', async () => {
  for (let commit = 0; commit < 256; commit += 1) addMuch();
  expect(look().log).toBeGreaterThan(1_000);
  // A commit now and then is what tells the thread to look.
  while (look().checkpointed < 1_000) {
    await delay(systemClock(), 5);
    addMuch();
  }
});

test('whoever writes without a pause waits for the thread, so the log stays within its bound', async () => {
  let longest = 0;
  for (let commit = 0; commit < 500; commit += 1) {
    addMuch(400_000);
    await connection.synced();
    longest = Math.max(longest, look().log);
  }
  // Some 49,000 pages were written.
  expect(longest).toBeLessThan(24_000);
}, 60_000);

test('somebody who reads for long keeps nobody from writing', async () => {
  const reader = new DatabaseSync(file);
  reader.exec('begin; select count(*) from notes');
  let commits = 0;
  for (; look().log < 20_000; commits += 1) {
    addMuch(400_000);
    await connection.synced();
  }
  reader.exec('commit');
  reader.close();
  expect(connection.one('select count(*) as count from notes')).toEqual({ count: commits });
}, 60_000);

test('a connection that ends is the last one: the log is gone, and every row is there', async () => {
  for (let commit = 0; commit < 300; commit += 1) addMuch();
  await connection.end();
  expect(existsSync(`${file}-wal`)).toBe(false);
  connection = new Connection(file);
  expect(connection.one('select count(*) as count from notes')).toEqual({ count: 300 });
});
