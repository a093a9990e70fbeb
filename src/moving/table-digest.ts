/**
 * What a table holds as one number, whichever database keeps it: the sum of the digests of its rows. A sum, because the
 * two databases need not agree on an order; of digests of the whole row, because a count says nothing about what is in it.
 */
import { createHash } from 'node:crypto';
import type { Connection as Server } from '../store/postgres/database.ts';
import { MOVING_FACT } from '../store/postgres/open-postgres-store.ts';
import type { Connection as File } from '../store/sqlite/connection.ts';
import { type MovedTable, type Position, type Row, asStored, positionOf, selectBehind } from './moved-table.ts';

export interface TableDigest {
  rows: number;
  /** 32 hexadecimal digits. */
  digest: string;
}

const BATCH = 2000;
const WIDTH = 128n;

export function digestOfFile(file: File, table: MovedTable): Promise<TableDigest> {
  return digestOf(table, async (after) => file.all<Row>(selectBehind(table, after, BATCH), ...after));
}

/** Without the mark of the move itself. */
export function digestOfServer(server: Server, table: MovedTable): Promise<TableDigest> {
  return digestOf(
    table,
    (after) => server.all<Row>(selectBehind(table, after, BATCH), ...after),
    (row) => table.name !== 'facts' || row['name'] !== MOVING_FACT,
  );
}

async function digestOf(
  table: MovedTable,
  read: (after: Position) => Promise<Row[]>,
  counts: (row: Row) => boolean = () => true,
): Promise<TableDigest> {
  let sum = 0n;
  let rows = 0;
  for (let after: Position = []; ;) {
    const batch = await read(after);
    for (const row of batch) {
      if (!counts(row)) continue;
      sum = BigInt.asUintN(Number(WIDTH), sum + numberOf(table, row));
      rows += 1;
    }
    const last = batch.at(-1);
    if (last === undefined || table.key.length === 0 || batch.length < BATCH) break;
    after = positionOf(table, last);
  }
  return { rows, digest: sum.toString(16).padStart(32, '0') };
}

/** The row as canonical text: its values in the order of the columns, as the server would store them. */
function numberOf(table: MovedTable, row: Row): bigint {
  const text = JSON.stringify(table.columns.map((column) => asStored(row[column] ?? null)));
  const hash = createHash('sha256').update(text).digest();
  return (hash.readBigUInt64BE(0) << 64n) | hash.readBigUInt64BE(8);
}
