/**
 * Moves everything that a home's file holds to a PostgreSQL database, row by row as it is: both have the same tables and
 * columns. It can be interrupted anywhere and goes on where it was; until it is done no daemon opens the database. The
 * file is only read, so giving up costs nothing.
 */
import path from 'node:path';
import type { Clock } from '../clock/clock.ts';
import { Redactor } from '../secrets/redactor.ts';
import { AppError } from '../errors/app-error.ts';
import { Database, jsonRows } from '../store/postgres/database.ts';
import type { Connection as Server } from '../store/postgres/database.ts';
import { migrate as migrateServer } from '../store/postgres/migrate.ts';
import { allMigrations as serverMigrations } from '../store/postgres/migrations/all-migrations.ts';
import { MOVING_FACT } from '../store/postgres/open-postgres-store.ts';
import { Connection as File } from '../store/sqlite/connection.ts';
import { lockHome } from '../store/sqlite/home-lock.ts';
import { migrate as migrateFile } from '../store/sqlite/migrate.ts';
import { allMigrations as fileMigrations } from '../store/sqlite/migrations/all-migrations.ts';
import { DATABASE_FILE } from '../store/sqlite/open-sqlite-store.ts';
import { resolveStoreUrl } from './open-store.ts';

export interface MoveProgress {
  table: string;
  /** Rows copied so far, and in all. */
  copied: number;
  total: number;
}

export interface Moved {
  tables: { table: string; rows: number }[];
}

/** Rows per transaction: a second of work on a slow line. */
const BATCH = 1000;
/** Of the schema itself, or worked out anew there. */
const OWN_TABLES = new Set(['migrations', 'sqlite_sequence', 'transcript_sum', 'nodes']);

type Row = Record<string, string | number | null | Uint8Array>;

/**
 * Throws `home_in_use` while a daemon has the home, and `store_unavailable` for a server that cannot be reached or a
 * database that holds something else already.
 */
export async function moveToPostgres(p: {
  home: string;
  /** `postgres://…`, or a reference to it. */
  to: string;
  environment: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  onProgress: (progress: MoveProgress) => void;
}): Promise<Moved> {
  const { environment } = p;
  const url = await resolveStoreUrl({ url: p.to, environment, redactor: new Redactor() });
  const lock = lockHome(p.home);
  const file = new File(path.join(p.home, DATABASE_FILE));
  const options = { url, applicationName: 'rouse migrate' };
  const server = new Database(options);
  try {
    migrateFile(file, fileMigrations);
    await migrateServer({ ...options, clock: p.clock }, serverMigrations);
    const tables = tablesOf(file);
    await begin(server, { now: p.clock.now(), tables });
    for (const table of tables) await copyTable({ ...p, file, server, table });
    const moved = await verify({ file, server, tables });
    await end(server, tables);
    return moved;
  } finally {
    file.close();
    await server.close();
    lock.release();
  }
}

interface Table {
  name: string;
  columns: string[];
  /** In order; empty for a table of one row without a key. */
  key: string[];
}

/** In the order in which they were made, so that what others point at comes first. */
function tablesOf(file: File): Table[] {
  const rows = file.all<{ name: string }>(`select name from sqlite_schema where type = 'table' order by rowid`);
  return rows.flatMap(({ name }) => (OWN_TABLES.has(name) ? [] : [tableOf(file, name)]));
}

function tableOf(file: File, name: string): Table {
  // What is generated is not listed, and is generated again.
  const columns = file.all<{ name: string; pk: number }>(`pragma table_info(${name})`);
  const key = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
  return { name, columns: columns.map((column) => column.name), key: key.map((column) => column.name) };
}

async function begin(server: Database, p: { now: number; tables: readonly Table[] }): Promise<void> {
  await server.write(async (connection) => {
    const moving = await connection.one('select 1 as one from facts where name = ?', MOVING_FACT);
    if (moving !== undefined) return;
    const used = await connection.one(
      'select 1 as one where exists (select 1 from automations) or exists (select 1 from runs)',
    );
    if (used !== undefined) {
      const reason = 'the PostgreSQL database holds automations or runs already; name an empty one';
      throw new AppError('store_unavailable', { outcome: 'unchanged', reason });
    }
    await connection.run('insert into facts (name, value, updated_at) values (?, ?, ?)', MOVING_FACT, '{}', p.now);
    // What triggers work out while rows are made is copied as it stands.
    for (const { name } of p.tables) await connection.run(`alter table ${name} disable trigger user`);
    await connection.run('delete from automation_counts');
    await connection.run('delete from hook_mark');
  });
}

async function copyTable(p: {
  file: File;
  server: Database;
  table: Table;
  onProgress: (progress: MoveProgress) => void;
}): Promise<void> {
  const { file, server, table } = p;
  const total = countOf(file, table.name);
  const done = await readDone(server, table.name);
  let { copied } = done;
  let after = done.after;
  p.onProgress({ table: table.name, copied, total });
  while (copied < total) {
    const rows = readBatch(file, table, after);
    const last = rows.at(-1);
    if (last === undefined) break;
    after = table.key.map((column) => last[column] as string | number);
    copied += rows.length;
    const mark = { after, copied };
    await server.write(async (connection) => {
      await insertRows(connection, table, rows);
      await writeDone(connection, table.name, mark);
    });
    p.onProgress({ table: table.name, copied, total });
  }
}

function readBatch(file: File, table: Table, after: readonly (string | number)[]): Row[] {
  const { name, key } = table;
  if (key.length === 0) return file.all<Row>(`select * from ${name}`);
  const places = key.map(() => '?').join(', ');
  const from = after.length === 0 ? '' : ` where (${key.join(', ')}) > (${places})`;
  return file.all<Row>(`select * from ${name}${from} order by ${key.join(', ')} limit ${BATCH}`, ...after);
}

async function insertRows(connection: Server, table: Table, rows: readonly Row[]): Promise<void> {
  const { name } = table;
  // The sum of a day is kept in parts there, and one part is as good as several.
  const extra = name === 'spending_days' ? { part: 0 } : {};
  const columns = [...table.columns, ...Object.keys(extra)].join(', ');
  const values = rows.map((row) => {
    const present = table.columns.map((column) => [column, storable(row[column] ?? null)] as const);
    return { ...Object.fromEntries(present), ...extra };
  });
  const sql = `insert into ${name} (${columns}) select ${columns} from json_populate_recordset(null::${name}, ?::json)
    on conflict do nothing`;
  await connection.run(sql, jsonRows(values));
}

function storable(value: string | number | null | Uint8Array): string | number | null {
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value;
}

interface Done {
  after: (string | number)[];
  copied: number;
}

const READ_DONE = `select value::json -> ? as done from facts where name = '${MOVING_FACT}'`;
const WRITE_DONE = `update facts set value = (value::jsonb || jsonb_build_object(?::text, ?::jsonb))::text
  where name = '${MOVING_FACT}'`;

async function readDone(server: Server, table: string): Promise<Done> {
  const row = await server.one<{ done: Done | null }>(READ_DONE, table);
  return row?.done ?? { after: [], copied: 0 };
}

async function writeDone(server: Server, table: string, done: Done): Promise<void> {
  await server.run(WRITE_DONE, table, JSON.stringify(done));
}

function countOf(file: File, table: string): number {
  return file.one<{ count: number }>(`select count(*) as count from ${table}`)?.count ?? 0;
}

/** Holds the number of rows of every table against the file's. */
async function verify(p: { file: File; server: Database; tables: readonly Table[] }): Promise<Moved> {
  const tables: { table: string; rows: number }[] = [];
  for (const { name } of p.tables) {
    const rows = countOf(p.file, name);
    const own = name === 'facts' ? ` where name <> '${MOVING_FACT}'` : '';
    const there = await p.server.one<{ count: number }>(`select count(*) as count from ${name}${own}`);
    if (there?.count !== rows) {
      const reason = `the table ${name} has ${rows} rows in the file and ${there?.count ?? 0} on the server`;
      throw new AppError('store_unavailable', { outcome: 'unchanged', reason });
    }
    tables.push({ table: name, rows });
  }
  return { tables };
}

async function end(server: Database, tables: readonly Table[]): Promise<void> {
  await server.write(async (connection) => {
    for (const { name, key } of tables) {
      await connection.run(`alter table ${name} enable trigger user`);
      // New rows are numbered behind those that came along.
      if (key.length === 1 && key[0] === 'seq') {
        await connection.one(
          `select setval(pg_get_serial_sequence('${name}', 'seq'), (select coalesce(max(seq), 0) + 1 from ${name}), false)`,
        );
      }
    }
    await connection.run('delete from facts where name = ?', MOVING_FACT);
  });
}
