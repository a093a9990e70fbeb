/**
 * The mark on a server to which a home is being moved: whose home, and how far each table has come. It is written in the
 * transaction of what it says, so a move that was interrupted anywhere goes on exactly behind the last row that arrived.
 * While it is there no daemon opens the database.
 */
import type { EpochMs } from '../model/instant.ts';
import type { Connection as Server } from '../store/postgres/database.ts';
import { MOVING_FACT } from '../store/postgres/open-postgres-store.ts';
import { readFact } from '../store/sqlite/facts.ts';
import type { Connection as File } from '../store/sqlite/connection.ts';
import type { Position } from './moved-table.ts';

/** The home as it is now: which one, and by whom it was opened last. A daemon that had it since has changed it. */
export interface MovedHome {
  path: string;
  opened_by: string;
}

export function homeOf(file: File, path: string): MovedHome {
  const opened = file.one<{ value: string; updated_at: EpochMs }>(
    `select value, updated_at from facts where name = 'opened_by'`,
  );
  return { path, opened_by: opened === undefined ? '' : `${opened.value} ${opened.updated_at}` };
}

export interface TableMark {
  after: Position;
  copied: number;
}

const MARK = `select value::json -> 'home' as home from facts where name = '${MOVING_FACT}'`;
const TABLE_MARK = `select value::json -> 'tables' -> ? as done from facts where name = '${MOVING_FACT}'`;
const SET_TABLE_MARK = `update facts
  set value = jsonb_set(value::jsonb, array['tables', ?::text], ?::jsonb)::text where name = '${MOVING_FACT}'`;
const SET_MARK = `insert into facts (name, value, updated_at) values ('${MOVING_FACT}', ?, ?)
  on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at`;

/** The home that is being moved here; undefined when none is. */
export async function readMark(server: Server): Promise<MovedHome | undefined> {
  return (await server.one<{ home: MovedHome | null }>(MARK))?.home ?? undefined;
}

/** With every table at its beginning. */
export async function setMark(server: Server, p: { now: EpochMs; home: MovedHome }): Promise<void> {
  await server.run(SET_MARK, JSON.stringify({ home: p.home, tables: {} }), p.now);
}

export async function readTableMark(server: Server, table: string): Promise<TableMark> {
  return (await server.one<{ done: TableMark | null }>(TABLE_MARK, table))?.done ?? { after: [], copied: 0 };
}

export async function setTableMark(server: Server, table: string, mark: TableMark): Promise<void> {
  await server.run(SET_TABLE_MARK, table, JSON.stringify(mark));
}

export async function removeMark(server: Server): Promise<void> {
  await server.run(`delete from facts where name = '${MOVING_FACT}'`);
}

/** The zone that the home's daemon last planned in; undefined when it never did. */
export function zoneOf(file: File): string | undefined {
  return readFact(file, { name: 'automation_timezone' });
}
