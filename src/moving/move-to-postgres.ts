/**
 * Moves everything that a home's file holds to a PostgreSQL database, row by row as it is. It can be interrupted anywhere
 * and goes on where it was; until it is done no daemon opens the database. The file is only read, so giving up costs
 * nothing.
 */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../clock/clock.ts';
import { AppError } from '../errors/app-error.ts';
import { Redactor } from '../secrets/redactor.ts';
import { resolveStoreUrl } from '../secrets/store-url.ts';
import { Database } from '../store/postgres/database.ts';
import { migrate as migrateServer } from '../store/postgres/migrate.ts';
import { allMigrations as serverMigrations } from '../store/postgres/migrations/all-migrations.ts';
import { MOVING_FACT } from '../store/postgres/open-postgres-store.ts';
import { createPostgresStore } from '../store/postgres/postgres-store.ts';
import { Connection as File } from '../store/sqlite/connection.ts';
import { lockHome } from '../store/sqlite/home-lock.ts';
import { migrate as migrateFile } from '../store/sqlite/migrate.ts';
import { allMigrations as fileMigrations } from '../store/sqlite/migrations/all-migrations.ts';
import { DATABASE_FILE } from '../store/sqlite/open-sqlite-store.ts';
import { createSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { type ComparedSchedules, compareSchedules } from './compare-schedules.ts';
import { copyTable } from './copy-table.ts';
import { type MovedTable, countOf, tablesOf } from './moved-table.ts';
import { type MovedHome, homeOf, readMark, removeMark, setMark, zoneOf } from './moving-mark.ts';
import { digestOfFile, digestOfServer } from './table-digest.ts';

export interface MoveProgress {
  doing: 'copying' | 'comparing';
  table: string;
  /** Rows so far, and in all. */
  rows: number;
  total: number;
}

export interface Moved {
  /** How it began: anew, where an earlier try was interrupted, or over again, because the home was used since. */
  began: 'anew' | 'resumed' | 'over_again';
  /** Every row of each of them, compared on both sides. */
  tables: { table: string; rows: number; digest: string }[];
  jobs: number;
  fires: number;
}

/**
 * Throws `home_in_use` while a daemon has the home, `store_unavailable` for a server that cannot be reached, and
 * `move_refused` for a database that holds something else, and for whatever is found to differ afterwards.
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
  requireDatabase(p.home);
  const lock = lockHome(p.home);
  const file = new File(path.join(p.home, DATABASE_FILE));
  const options = { url, applicationName: 'rouse migrate' };
  const server = new Database(options);
  try {
    migrateFile(file, fileMigrations);
    await migrateServer({ ...options, clock: p.clock }, serverMigrations);
    const tables = tablesOf(file);
    const home = homeOf(file, realpathSync(p.home));
    const began = await begin(server, { now: p.clock.now(), tables, home });
    for (const table of tables) {
      const onCopied = (rows: number, total: number): void =>
        p.onProgress({ doing: 'copying', table: table.name, rows, total });
      await copyTable({ file, server, table, onCopied });
    }
    const compared = await compareTables({ ...p, file, server, tables });
    const { jobs, fires } = await requireSameSchedules({ file, server, clock: p.clock });
    await end(server, tables);
    return { began, tables: compared, jobs, fires };
  } finally {
    file.close();
    await server.close();
    lock.release();
  }
}

/** Opening a file that is not there would make one. */
function requireDatabase(home: string): void {
  try {
    realpathSync(path.join(home, DATABASE_FILE));
  } catch (error) {
    throw refusal(`there is no ${DATABASE_FILE} in ${home}: name the home that is to be moved with --home`, error);
  }
}

/** Of the schema: they are there before anything is. */
const HAS_OWN_ROWS = new Set(['automation_counts', 'hook_mark']);
/** Nodes that were heard of within this time live, and work on what they have. */
const ALIVE_MS = 60_000;
const LIVING_NODE = 'select name from nodes where heartbeat_at > ? limit 1';

async function begin(
  server: Database,
  p: { now: number; tables: readonly MovedTable[]; home: MovedHome },
): Promise<Moved['began']> {
  return server.write(async (connection) => {
    const node = await connection.one<{ name: string }>(LIVING_NODE, p.now - ALIVE_MS);
    if (node !== undefined) throw refusal(`the node ${node.name} works on the PostgreSQL database; stop it first`);
    const marked = await readMark(connection);
    if (marked === undefined) {
      for (const { name } of p.tables) {
        const found = HAS_OWN_ROWS.has(name) ? undefined : await connection.one(`select 1 as one from ${name} limit 1`);
        if (found !== undefined) {
          throw refusal(`the PostgreSQL database is not empty (its table ${name} has rows); name an empty one`);
        }
      }
    } else if (marked.path !== p.home.path) {
      throw refusal(
        `the home ${marked.path} is being moved to the PostgreSQL database; finish that, or name an empty database`,
      );
    } else if (marked.opened_by === p.home.opened_by) {
      return 'resumed';
    }
    await setMark(connection, p);
    // What triggers work out while rows are made is copied as it stands.
    for (const { name } of p.tables) await connection.run(`alter table ${name} disable trigger user`);
    const cleared = p.tables.map(({ name }) => name).filter((name) => name !== 'facts');
    await connection.run(`truncate ${cleared.join(', ')}`);
    await connection.run('delete from facts where name <> ?', MOVING_FACT);
    return marked === undefined ? 'anew' : 'over_again';
  });
}

async function compareTables(p: {
  file: File;
  server: Database;
  tables: readonly MovedTable[];
  onProgress: (progress: MoveProgress) => void;
}): Promise<Moved['tables']> {
  const compared: Moved['tables'] = [];
  for (const table of p.tables) {
    const total = countOf(p.file, table.name);
    p.onProgress({ doing: 'comparing', table: table.name, rows: 0, total });
    const here = await digestOfFile(p.file, table);
    const there = await digestOfServer(p.server, table);
    if (here.rows !== there.rows) {
      throw refusal(`the table ${table.name} has ${here.rows} rows in the file and ${there.rows} on the server`);
    }
    if (here.digest !== there.digest) {
      throw refusal(`the ${here.rows} rows of the table ${table.name} are not the same in the file and on the server`);
    }
    p.onProgress({ doing: 'comparing', table: table.name, rows: total, total });
    compared.push({ table: table.name, ...here });
  }
  return compared;
}

async function requireSameSchedules(p: { file: File; server: Database; clock: Clock }): Promise<ComparedSchedules> {
  const { file, server, clock } = p;
  const compared = await compareSchedules({
    from: createSqliteStore(file, { release: () => {} }),
    to: createPostgresStore(server, { clock, channel: NOBODY_LISTENS }),
    now: clock.now(),
    timezone: zoneOf(file),
  });
  if (compared.difference === undefined) return compared;
  throw refusal(`the file and the server say different things about ${compared.difference}`);
}

const NOBODY_LISTENS = { tell: () => {}, listen: () => () => {}, close: () => Promise.resolve() };

async function end(server: Database, tables: readonly MovedTable[]): Promise<void> {
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
    await removeMark(connection);
  });
  // The plans of the first minutes are made by what the server knows of the tables, and nobody told it yet. It would
  // find out by itself.
  await server.run('analyze').catch(() => 0);
}

function refusal(reason: string, cause?: unknown): AppError {
  return new AppError('move_refused', { reason }, { cause });
}
