/** Requests that change something: their records, and the answers kept under their keys. */
import type { ChangeRecord, ChangeRecordQuery } from '../../model/change-record.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { KeptReply, RequestOutcome, RequestStore } from '../request-store.ts';
import type { Page } from '../page.ts';
import {
  CHANGE_RECORD_COLUMNS,
  type ChangeRecordRow,
  changeRecordOf,
  changeRecordValues,
} from '../rows/change-record-row.ts';
import { decodePageCursor, encodePageCursor } from '../rows/page-cursor.ts';
import { orNull, pageLimit } from '../rows/value.ts';
import type { Connection, Database, Value } from './database.ts';

interface KeyRow {
  request_hash: string;
  node: string;
  reply: string | null;
}

const COLUMNS = CHANGE_RECORD_COLUMNS.join(', ');
const RECORD = `insert into change_records (${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const CONCLUDE = 'update change_records set outcome = ?, status = ?, code = ? where id = ?';
const FIND_KEY = 'select request_hash, node, reply from request_keys where key_hash = ?';
const TAKE_KEY = 'insert into request_keys (key_hash, request_hash, node, expires_at) values (?, ?, ?, ?)';
const KEEP_REPLY = 'update request_keys set reply = ? where key_hash = ?';
const FREE_KEY = 'delete from request_keys where key_hash = ?';
/** A bounded few with each request: the table stays as large as a day of keyed requests. */
const FORGET_KEYS =
  'delete from request_keys where key_hash in (select key_hash from request_keys where expires_at <= ? limit 20 for update skip locked)';
const PRUNE =
  'delete from change_records where seq in (select seq from change_records where at < ? order by at limit ?)';

// Of two requests with one key that come at once, the second waits here for the first, and finds it.
const TAKE = `${TAKE_KEY} on conflict (key_hash) do nothing`;

export function beginRequest(
  database: Database,
  p: Parameters<RequestStore['beginRequest']>[0],
): Promise<RequestOutcome> {
  const { now, record, key } = p;
  return database.write(async (connection): Promise<RequestOutcome> => {
    if (key !== undefined) {
      await connection.run(`${FREE_KEY} and expires_at <= ?`, key.key_hash, now);
      await connection.run(FORGET_KEYS, now);
      const taken = await connection.run(TAKE, key.key_hash, key.request_hash, key.node, key.expires_at);
      const known = taken === 1 ? undefined : await connection.one<KeyRow>(FIND_KEY, key.key_hash);
      if (known !== undefined) return repeated(known, key);
    }
    if (record !== undefined) await connection.run(RECORD, ...changeRecordValues(record));
    return { outcome: 'begun' };
  });
}

function repeated(known: KeyRow, asked: { request_hash: string; node: string }): RequestOutcome {
  if (known.request_hash !== asked.request_hash) return { outcome: 'reused' };
  if (known.reply !== null) return { outcome: 'answered', reply: JSON.parse(known.reply) as KeptReply };
  return { outcome: known.node === asked.node ? 'under_way' : 'unknown' };
}

export function finishRequest(database: Database, p: Parameters<RequestStore['finishRequest']>[0]): Promise<void> {
  const { record, key } = p;
  return database.write(async (connection) => {
    if (record !== undefined) {
      await connection.run(CONCLUDE, record.outcome, record.status, orNull(record.code), record.id);
    }
    if (key === undefined || key.end === 'leave') return;
    if (key.end === 'forget') await connection.run(FREE_KEY, key.key_hash);
    else await connection.run(KEEP_REPLY, JSON.stringify(key.end.keep), key.key_hash);
  });
}

export async function listChangeRecords(
  connection: Connection,
  p: { query: ChangeRecordQuery },
): Promise<Page<ChangeRecord>> {
  const { query } = p;
  const limit = pageLimit(query.limit);
  const conditions = ['true'];
  const values: Value[] = [];
  const where = (condition: string, value: Value | undefined): void => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  where('at >= ?', query.since);
  where('at < ?', query.until);
  where('actor = ?', query.actor);
  where('operation = ?', query.operation);
  where('target = ?', query.target);
  if (query.cursor !== undefined) where('seq < ?', decodePageCursor('changes', query.cursor, ['number'])[0]);
  const sql = `select seq, ${COLUMNS} from change_records where ${conditions.join(' and ')} order by seq desc limit ?`;
  const rows = await connection.all<ChangeRecordRow>(sql, ...values, limit + 1);
  const items = rows.slice(0, limit).map(changeRecordOf);
  const last = rows[limit - 1];
  return {
    items,
    ...(rows.length > limit && last !== undefined ? { next_cursor: encodePageCursor('changes', [last.seq]) } : {}),
  };
}

export function pruneChangeRecords(connection: Connection, p: { before: EpochMs; limit: number }): Promise<number> {
  return connection.run(PRUNE, p.before, p.limit);
}
