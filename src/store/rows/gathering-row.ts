/** A gathering as a row: its statements, and how it grows by one more activation. */
import type { Activation, TriggerVerdict } from '../../model/activation.ts';
import { type EpochMs, formatInstant } from '../../model/instant.ts';
import { GATHERED_BYTES_MAX, GATHERED_MAX } from '../activation-store.ts';
import type { ColumnValue } from './value.ts';

export interface GatheringRow {
  seq: number;
  id: string;
  automation_id: string;
  key: string;
  opened_at: EpochMs;
  due_at: EpochMs;
  members: number;
  bytes: number;
}

export const CLOSE_GATHERING = 'update gatherings set closed = 1 where seq = ?';
export const INSERT_GATHERING = `insert into gatherings (id, automation_id, key, opened_at, due_at, members, bytes, closed)
  values (?, ?, ?, ?, ?, 0, 0, 0) returning *`;
export const JOIN_GATHERING = 'insert into gathering_members (gathering, activation) values (?, ?)';
/** Takes what {@link grownBy} says. */
export const GROW_GATHERING = 'update gatherings set members = ?, bytes = ?, due_at = ?, closed = ? where seq = ?';
export const DUE_GATHERINGS = 'select * from gatherings where due_at <= ? order by due_at, seq limit ?';
export const FIND_GATHERING = 'select * from gatherings where id = ?';
export const REMOVE_GATHERING = 'delete from gatherings where seq = ?';
export const GATHERING_MEMBERS = `select activations.* from gathering_members
  join activations on activations.seq = gathering_members.activation where gathering = ? order by activation`;
export const GATHERING_MEMBER_IDS = `select activations.id from gathering_members
  join activations on activations.seq = gathering_members.activation where gathering = ? order by activation`;

/** What the verdict says besides whose it is. */
export type Joined = Pick<TriggerVerdict, 'verdict' | 'detail' | 'gathered_into'>;

export function grownBy(
  row: GatheringRow,
  p: { now: EpochMs; window_ms: number; max_wait_ms: number; member: Activation },
): { values: ColumnValue[]; joined: Joined } {
  const members = row.members + 1;
  const bytes = row.bytes + JSON.stringify(p.member.data).length;
  const full = members >= GATHERED_MAX || bytes >= GATHERED_BYTES_MAX;
  const dueAt = full ? p.now : Math.min(row.opened_at + p.max_wait_ms, p.now + p.window_ms);
  const detail = full
    ? `gathered as number ${members}, which closes the gathering: it is as large as one may be`
    : `gathered as number ${members}, to fire at ${formatInstant(dueAt)} unless more come`;
  return {
    values: [members, bytes, dueAt, full ? 1 : 0, row.seq],
    joined: { verdict: 'gathered', detail, gathered_into: row.id },
  };
}
