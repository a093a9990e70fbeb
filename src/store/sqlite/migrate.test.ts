import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Connection } from './connection.ts';
import { APPLICATION_ID, migrate } from './migrate.ts';
import { allMigrations } from './migrations/all-migrations.ts';
import type { Migration } from './migrations/migration.ts';

let folder: string;
let connection: Connection;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rouse-migrate-'));
  connection = new Connection(path.join(folder, 'test.db'));
});
afterEach(() => {
  connection.close();
  rmSync(folder, { recursive: true, force: true });
});

const first: Migration = {
  version: 1,
  name: 'first',
  sql: 'create table a (x integer) strict; insert into a values (1)',
};
const second: Migration = { version: 2, name: 'second', sql: 'alter table a add column y text; update a set y = x' };
const version = (): unknown => connection.one('pragma user_version');
const tables = (): string[] =>
  connection
    .all<{ name: string }>(`select name from sqlite_schema where type = 'table' order by name`)
    .map((row) => row.name);

test('an empty file gets every migration, and the marks that say so', () => {
  migrate(connection, [first, second]);
  expect(connection.all('select * from a')).toEqual([{ x: 1, y: '1' }]);
  expect(version()).toEqual({ user_version: 2 });
  expect(connection.one('pragma application_id')).toEqual({ application_id: APPLICATION_ID });
  expect(connection.all('select version, name from migrations')).toEqual([
    { version: 1, name: 'first' },
    { version: 2, name: 'second' },
  ]);
});

test('an older database gets what it lacks, once', () => {
  migrate(connection, [first]);
  connection.run('insert into a values (7)');
  migrate(connection, [first, second]);
  migrate(connection, [first, second]);
  expect(connection.all('select * from a')).toEqual([
    { x: 1, y: '1' },
    { x: 7, y: '7' },
  ]);
});

test('a migration that fails leaves the version before it, whole', () => {
  const broken: Migration = { ...second, sql: 'create table b (x integer) strict; insert into missing values (1)' };
  expect(() => migrate(connection, [first, broken])).toThrow('no such table: missing');
  expect(version()).toEqual({ user_version: 1 });
  expect(tables()).toEqual(['a', 'migrations']);
  migrate(connection, [first, second]);
  expect(version()).toEqual({ user_version: 2 });
});

test('a first migration that fails leaves an empty file', () => {
  expect(() => migrate(connection, [{ ...first, sql: 'create table a (x integer); nonsense' }])).toThrow(
    'syntax error',
  );
  expect(tables()).toEqual([]);
  migrate(connection, [first]);
  expect(tables()).toEqual(['a', 'migrations']);
});

test('a released migration may not change', () => {
  migrate(connection, [first]);
  expect(() => migrate(connection, [{ ...first, sql: `${first.sql}, (2)` }])).toThrow('another form of migration 1');
});

test('the released ones are numbered without holes and every table is strict', () => {
  expect(allMigrations.map((migration) => migration.version)).toEqual(allMigrations.map((_, i) => i + 1));
  migrate(connection, allMigrations);
  const loose = connection.all<{ name: string }>(
    `select name from pragma_table_list where schema = 'main' and strict = 0 and name not like 'sqlite_%'`,
  );
  expect(loose).toEqual([]);
});
