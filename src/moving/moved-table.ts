/** The tables of a home's file that move, and their rows: both databases have the same tables and columns. */
import { cleanText } from '../store/postgres/database.ts';
import type { Connection as File } from '../store/sqlite/connection.ts';

export type Value = string | number | null | Uint8Array;
export type Row = Record<string, Value>;

export interface MovedTable {
  name: string;
  columns: string[];
  /** In order; empty for a table of one row without a key. */
  key: string[];
}

/** Of the schema itself, of the daemon that runs, or worked out anew there. */
const OWN_TABLES = new Set(['migrations', 'sqlite_sequence', 'transcript_sum', 'nodes']);

/** In the order in which they were made, so that what others point at comes first. */
export function tablesOf(file: File): MovedTable[] {
  const rows = file.all<{ name: string }>(`select name from sqlite_schema where type = 'table' order by rowid`);
  return rows.flatMap(({ name }) => (OWN_TABLES.has(name) ? [] : [tableOf(file, name)]));
}

function tableOf(file: File, name: string): MovedTable {
  // What is generated is not listed, and is generated again.
  const columns = file.all<{ name: string; pk: number }>(`pragma table_info(${name})`);
  const key = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
  return { name, columns: columns.map((column) => column.name), key: key.map((column) => column.name) };
}

/** Where a batch begins: behind the row with this key. Empty at the beginning. */
export type Position = readonly (string | number)[];

/** The rows behind a position, in the order of the key; the statement is the same for both databases. */
export function selectBehind(table: MovedTable, after: Position, limit: number): string {
  const { name, key, columns } = table;
  const from = `select ${columns.join(', ')} from ${name}`;
  if (key.length === 0) return from;
  const order = key.join(', ');
  const behind = after.length === 0 ? '' : ` where (${order}) > (${key.map(() => '?').join(', ')})`;
  return `${from}${behind} order by ${order} limit ${limit}`;
}

export function positionOf(table: MovedTable, row: Row): (string | number)[] {
  return table.key.map((column) => row[column] as string | number);
}

export function countOf(file: File, table: string): number {
  return file.one<{ count: number }>(`select count(*) as count from ${table}`)?.count ?? 0;
}

/** A value as the server keeps it, in JSON: bytes in its own notation, and no character that it cannot store. */
export function asStored(value: Value): string | number | null {
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  return typeof value === 'string' ? cleanText(value) : value;
}
