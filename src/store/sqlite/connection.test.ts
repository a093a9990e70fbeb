import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvariantError } from '../../errors/invariant.ts';
import { Connection } from './connection.ts';

let folder: string;
let file: string;
let connection: Connection;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rouse-connection-'));
  file = path.join(folder, 'test.db');
  connection = new Connection(file);
  connection.execute('create table notes (id integer primary key, text text not null) strict');
});
afterEach(() => {
  connection.close();
  rmSync(folder, { recursive: true, force: true });
});

const add = (text: string | null): number => connection.run('insert into notes (text) values (?)', text);
const count = (): unknown => connection.one('select count(*) as count from notes');

test('a commit is on the disk: log and database are synced', () => {
  expect(connection.one('pragma journal_mode')).toEqual({ journal_mode: 'wal' });
  expect(connection.one('pragma synchronous')).toEqual({ synchronous: 2 });
  expect(connection.one('pragma foreign_keys')).toEqual({ foreign_keys: 1 });
});

describe('a transaction', () => {
  test('that throws leaves nothing behind, and the next one works', () => {
    const body = (): never => {
      add('a');
      throw new Error('changed my mind');
    };
    expect(() => connection.write(body)).toThrow('changed my mind');
    expect(count()).toEqual({ count: 0 });
    connection.write(() => add('b'));
    expect(count()).toEqual({ count: 1 });
  });

  test('within another one is a defect, and undoes the outer one', () => {
    expect(() => connection.write(() => connection.write(() => add('a')))).toThrow(InvariantError);
    expect(connection.write(() => add('b'))).toBe(1);
    expect(count()).toEqual({ count: 1 });
  });

  test('that breaks a constraint is undone and says which', () => {
    expect(() => connection.write(() => [add('a'), add(null)])).toThrow('NOT NULL constraint failed: notes.text');
    expect(count()).toEqual({ count: 0 });
  });
});

describe('with threads', () => {
  test('a commit is seen at once, and durable when that is told', async () => {
    connection.useThreads();
    expect(connection.one('pragma synchronous')).toEqual({ synchronous: 1 });
    connection.write(() => add('a'));
    expect(count()).toEqual({ count: 1 });
    await connection.synced();
    await connection.end();
    connection = new Connection(file);
    expect(count()).toEqual({ count: 1 });
  });

  test('the log soon has its length, and what a killed process leaves in it is all there', async () => {
    connection.useThreads();
    for (let commit = 1; commit <= 64; commit += 1) connection.write(() => add('before'));
    expect(statSync(`${file}-wal`).size).toBe(8 * 1024 * 1024);
    connection.write(() => add('after'));
    await connection.synced();
    // As `kill -9` leaves them: without the index, which is built anew from the log.
    const copy = path.join(folder, 'copy.db');
    copyFileSync(file, copy);
    copyFileSync(`${file}-wal`, `${copy}-wal`);
    const other = new Connection(copy);
    expect(other.all('select text from notes order by id')).toEqual([
      ...Array.from({ length: 64 }, () => ({ text: 'before' })),
      { text: 'after' },
    ]);
    expect(other.one('pragma integrity_check')).toEqual({ integrity_check: 'ok' });
    other.close();
    await connection.end();
  });
});

test('who finds its work done waits for whoever did it, to the end of their wait', async () => {
  connection.useThreads();
  connection.write(() => add('a'));
  const done: string[] = [];
  const writer = connection.synced().then(() => done.push('writer'));
  const finder = connection.synced().then(() => done.push('finder'));
  await Promise.all([writer, finder]);
  expect(done).toEqual(['writer', 'finder']);
  await connection.end();
});

test('a log that cannot be synced is brought back into the database file instead', async () => {
  connection.useThreads();
  connection.write(() => add('a'));
  renameSync(`${file}-wal`, path.join(folder, 'log'));
  await connection.synced();
  const alone = path.join(folder, 'alone.db');
  copyFileSync(file, alone);
  await connection.end();
  connection = new Connection(alone);
  expect(count()).toEqual({ count: 1 });
});

test('anything written through it is noticed', () => {
  const before = connection.writes;
  expect(count()).toEqual({ count: 0 });
  expect(connection.writes).toBe(before);
  connection.write(() => undefined);
  expect(connection.writes).toBe(before + 1);
});

describe('a database file that was taken away', () => {
  const kept = (): string => path.join(folder, 'kept.db');

  test('is not written any more, and is again when it is back', () => {
    renameSync(file, kept());
    expect(() => connection.write(() => add('a'))).toThrow(`${file} is not there any more`);
    renameSync(kept(), file);
    connection.write(() => add('b'));
    expect(connection.all('select text from notes')).toEqual([{ text: 'b' }]);
  });

  test('is not mistaken for the one that came in its place', () => {
    renameSync(file, kept());
    copyFileSync(kept(), file);
    expect(() => connection.write(() => add('a'))).toThrow('is another file than the one that was opened');
  });
});

test('a folder in the place of the database is said to be in the way', () => {
  const place = path.join(folder, 'folder.db');
  mkdirSync(place, { mode: 0o700 });
  expect(() => new Connection(place)).toThrow(`${place} cannot be opened`);
});

describe('a disk without space', () => {
  test('refuses the transaction whole, and goes on when there is room again', () => {
    const { page_count: pages } = connection.one<{ page_count: number }>('pragma page_count')!;
    connection.execute(`pragma max_page_count = ${pages + 4}`);
    const fill = (): void =>
      connection.write(() => Array.from({ length: 40 }, () => add('x'.repeat(1000))).forEach(String));
    expect(fill).toThrow(expect.objectContaining({ code: 'disk_full', data: { path: file } }));
    expect(count()).toEqual({ count: 0 });
    expect(connection.write(() => add('small'))).toBe(1);
    connection.execute('pragma max_page_count = 100000');
    fill();
    expect(count()).toEqual({ count: 41 });
  });
});

test('a file that another program keeps locked is unavailable, and nothing changed', () => {
  const other = new DatabaseSync(file);
  other.exec('begin immediate');
  connection.execute('pragma busy_timeout = 1');
  expect(() => connection.write(() => add('a'))).toThrow(
    expect.objectContaining({ code: 'store_unavailable', data: expect.objectContaining({ outcome: 'unchanged' }) }),
  );
  other.exec('commit');
  other.close();
  connection.write(() => add('b'));
  expect(count()).toEqual({ count: 1 });
});

test('after closing, every use is refused, and closing again is harmless', () => {
  connection.close();
  connection.close();
  for (const use of [count, () => add('a'), () => connection.write(() => 1), () => connection.execute('select 1')]) {
    expect(use).toThrow(expect.objectContaining({ code: 'store_unavailable' }));
  }
});
