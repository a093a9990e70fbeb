/** Requests that change something: their records, and the answers kept under their keys. */
import type { ChangeRecord, ChangeRecordQuery } from '../../model/change-record.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { RequestOutcome, RequestStore } from '../request-store.ts';
import type { Page } from '../page.ts';
import {
  type ChangeRecordRow,
  CONCLUDE_CHANGE,
  PRUNE_CHANGES,
  RECORD_CHANGE,
  changeRecordPage,
  changeRecordValues,
  selectChangeRecords,
} from '../rows/change-record-row.ts';
import {
  FIND_KEY,
  FREE_EXPIRED_KEY,
  FREE_KEY,
  KEEP_REPLY,
  type RequestKeyRow,
  TAKE_KEY,
  outcomeOfTaken,
} from '../rows/request-key-row.ts';
import { orNull } from '../rows/value.ts';
import type { Connection, Database } from './database.ts';

/** A bounded few with each request: the table stays as large as a day of keyed requests. */
const FORGET_KEYS =
  'delete from request_keys where key_hash in (select key_hash from request_keys where expires_at <= ? limit 20 for update skip locked)';

// Of two requests with one key that come at once, the second waits here for the first, and finds it.
const TAKE = `${TAKE_KEY} on conflict (key_hash) do nothing`;

export function beginRequest(
  database: Database,
  p: Parameters<RequestStore['beginRequest']>[0],
): Promise<RequestOutcome> {
  const { now, record, key } = p;
  return database.write(async (connection): Promise<RequestOutcome> => {
    if (key !== undefined) {
      await connection.run(FREE_EXPIRED_KEY, key.key_hash, now);
      await connection.run(FORGET_KEYS, now);
      const taken = await connection.run(TAKE, key.key_hash, key.request_hash, key.node, key.expires_at);
      const known = taken === 1 ? undefined : await connection.one<RequestKeyRow>(FIND_KEY, key.key_hash);
      if (known !== undefined) return outcomeOfTaken(known, key);
    }
    if (record !== undefined) await connection.run(RECORD_CHANGE, ...changeRecordValues(record));
    return { outcome: 'begun' };
  });
}

export function finishRequest(database: Database, p: Parameters<RequestStore['finishRequest']>[0]): Promise<void> {
  const { record, key } = p;
  return database.write(async (connection) => {
    if (record !== undefined) {
      await connection.run(CONCLUDE_CHANGE, record.outcome, record.status, orNull(record.code), record.id);
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
  const { sql, values } = selectChangeRecords(p.query);
  return changeRecordPage(await connection.all<ChangeRecordRow>(sql, ...values), p.query);
}

export function pruneChangeRecords(connection: Connection, p: { before: EpochMs; limit: number }): Promise<number> {
  return connection.run(PRUNE_CHANGES, p.before, p.limit);
}
