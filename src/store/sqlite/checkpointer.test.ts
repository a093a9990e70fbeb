import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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

/** Eight pages or so. */
const addMuch = (): number =>
  connection.write(() => connection.run('insert into notes (text) values (?)', 'x'.repeat(30_000)));

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

test('a connection that ends is the last one: the log is gone, and every row is there', async () => {
  for (let commit = 0; commit < 300; commit += 1) addMuch();
  await connection.end();
  expect(existsSync(`${file}-wal`)).toBe(false);
  connection = new Connection(file);
  expect(connection.one('select count(*) as count from notes')).toEqual({ count: 300 });
});
