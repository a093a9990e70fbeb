/** Records of changes as rows: their statements, and what the columns mean. */
import type { ChangeRecord, ChangeRecordQuery } from '../../model/change-record.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Page } from '../page.ts';
import { Conditions, type Selection } from './conditions.ts';
import { decodePageCursor, pageOf } from './page-cursor.ts';
import { orNull, pageLimit } from './value.ts';

export interface ChangeRecordRow {
  seq: number;
  id: string;
  at: EpochMs;
  actor: string;
  credential_id: string | null;
  operation: string;
  target: string | null;
  outcome: ChangeRecord['outcome'];
  status: number | null;
  code: string | null;
}

/** In the order of {@link changeRecordValues}. */
const COLUMNS = 'id, at, actor, credential_id, operation, target, outcome, status, code';

export const RECORD_CHANGE = `insert into change_records (${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
export const CONCLUDE_CHANGE = 'update change_records set outcome = ?, status = ?, code = ? where id = ?';
export const PRUNE_CHANGES =
  'delete from change_records where seq in (select seq from change_records where at < ? order by at limit ?)';

export function changeRecordValues(record: ChangeRecord): (string | number | null)[] {
  const { id, at, actor, credential_id, operation, target, outcome, status, code } = record;
  return [id, at, actor, orNull(credential_id), operation, orNull(target), outcome, orNull(status), orNull(code)];
}

function changeRecordOf(row: ChangeRecordRow): ChangeRecord {
  const { id, at, actor, credential_id, operation, target, outcome, status, code } = row;
  return {
    id,
    at,
    actor,
    ...(credential_id === null ? {} : { credential_id }),
    operation,
    ...(target === null ? {} : { target }),
    outcome,
    ...(status === null ? {} : { status }),
    ...(code === null ? {} : { code }),
  };
}

export function selectChangeRecords(query: ChangeRecordQuery): Selection {
  const where = new Conditions()
    .addWhen('at >= ?', query.since)
    .addWhen('at < ?', query.until)
    .addWhen('actor = ?', query.actor)
    .addWhen('operation = ?', query.operation)
    .addWhen('target = ?', query.target);
  if (query.cursor !== undefined) where.add('seq < ?', ...decodePageCursor('changes', query.cursor, ['number']));
  const sql = `select seq, ${COLUMNS} from change_records where ${where.text} order by seq desc limit ?`;
  return { sql, values: [...where.values, pageLimit(query.limit) + 1] };
}

export function changeRecordPage(rows: readonly ChangeRecordRow[], query: ChangeRecordQuery): Page<ChangeRecord> {
  const limit = pageLimit(query.limit);
  return pageOf(rows, { limit, list: 'changes', itemOf: changeRecordOf, positionOf: (row) => [row.seq] });
}
