/** Records of changes as rows. */
import type { ChangeRecord } from '../../model/change-record.ts';
import type { EpochMs } from '../../model/instant.ts';
import { orNull } from './value.ts';

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
export const CHANGE_RECORD_COLUMNS = [
  'id',
  'at',
  'actor',
  'credential_id',
  'operation',
  'target',
  'outcome',
  'status',
  'code',
] as const;

export function changeRecordValues(record: ChangeRecord): (string | number | null)[] {
  const { id, at, actor, credential_id, operation, target, outcome, status, code } = record;
  return [id, at, actor, orNull(credential_id), operation, orNull(target), outcome, orNull(status), orNull(code)];
}

export function changeRecordOf(row: ChangeRecordRow): ChangeRecord {
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
