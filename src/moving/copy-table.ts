/** Copies one table row by row, behind the mark that says how far it has come. */
import { type Database, type Connection as Server, jsonRows } from '../store/postgres/database.ts';
import type { Connection as File } from '../store/sqlite/connection.ts';
import { type MovedTable, type Row, asStored, countOf, positionOf, selectBehind } from './moved-table.ts';
import { readTableMark, setTableMark } from './moving-mark.ts';

/** Rows per transaction: a second of work on a slow line. */
const BATCH = 1000;

export async function copyTable(p: {
  file: File;
  server: Database;
  table: MovedTable;
  onCopied: (copied: number, total: number) => void;
}): Promise<void> {
  const { file, server, table } = p;
  const total = countOf(file, table.name);
  let { after, copied } = await readTableMark(server, table.name);
  p.onCopied(copied, total);
  while (copied < total) {
    const rows = file.all<Row>(selectBehind(table, after, BATCH), ...after);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = positionOf(table, last);
    copied += rows.length;
    const mark = { after, copied };
    await server.write(async (connection) => {
      await insertRows(connection, table, rows);
      await setTableMark(connection, table.name, mark);
    });
    p.onCopied(copied, total);
  }
}

async function insertRows(connection: Server, table: MovedTable, rows: readonly Row[]): Promise<void> {
  const { name } = table;
  // The sum of a day is kept in parts there, and one part is as good as several.
  const extra = name === 'spending_days' ? { part: 0 } : {};
  const columns = [...table.columns, ...Object.keys(extra)].join(', ');
  const values = rows.map((row) => {
    const present = table.columns.map((column) => [column, asStored(row[column] ?? null)] as const);
    return { ...Object.fromEntries(present), ...extra };
  });
  const sql = `insert into ${name} (${columns}) select ${columns} from json_populate_recordset(null::${name}, ?::json)`;
  await connection.run(sql, jsonRows(values));
}
