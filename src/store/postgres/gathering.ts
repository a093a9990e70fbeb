/** Gatherings: the activations of one key that wait for their window, and become one fire. Under the intake's lock. */
import type { Activation, TriggerVerdict } from '../../model/activation.ts';
import { gatheringIdFor } from '../../model/identifiers.ts';
import type { EpochMs } from '../../model/instant.ts';
import { formatInstant } from '../../model/instant.ts';
import { GATHERED_BYTES_MAX, GATHERED_MAX } from '../activation-store.ts';
import { activationOf } from '../rows/activation-row.ts';
import type { ActivationRow } from '../rows/activation-row.ts';
import type { Connection } from './database.ts';

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

const OPEN = 'select * from gatherings where automation_id = ? and md5(key) = md5(?) and closed = 0';
const CLOSE = 'update gatherings set closed = 1 where seq = ?';
const INSERT = `insert into gatherings (id, automation_id, key, opened_at, due_at, members, bytes, closed)
  values (?, ?, ?, ?, ?, 0, 0, 0) returning *`;
const JOIN = 'insert into gathering_members (gathering, activation) values (?, ?)';
const GROW = 'update gatherings set members = ?, bytes = ?, due_at = ?, closed = ? where seq = ?';

/** What the verdict says besides whose it is. */
type Joined = Pick<TriggerVerdict, 'verdict' | 'detail' | 'gathered_into'>;

export async function joinGathering(
  connection: Connection,
  p: {
    now: EpochMs;
    triggerId: string;
    key: string;
    window_ms: number;
    max_wait_ms: number;
    member: { seq: number; activation: Activation };
  },
): Promise<Joined> {
  const { now, member } = p;
  const row = await openGathering(connection, p);
  const members = row.members + 1;
  const bytes = row.bytes + JSON.stringify(member.activation.data).length;
  const full = members >= GATHERED_MAX || bytes >= GATHERED_BYTES_MAX;
  const dueAt = full ? now : Math.min(row.opened_at + p.max_wait_ms, now + p.window_ms);
  await connection.run(JOIN, row.seq, member.seq);
  await connection.run(GROW, members, bytes, dueAt, full ? 1 : 0, row.seq);
  const detail = full
    ? `gathered as number ${members}, which closes the gathering: it is as large as one may be`
    : `gathered as number ${members}, to fire at ${formatInstant(dueAt)} unless more come`;
  return { verdict: 'gathered', detail, gathered_into: row.id };
}

async function openGathering(
  connection: Connection,
  p: { now: EpochMs; triggerId: string; key: string; member: { activation: Activation } },
): Promise<GatheringRow> {
  const known = await connection.one<GatheringRow>(OPEN, p.triggerId, p.key);
  // One that is due is on its way already; who comes now begins the next.
  if (known !== undefined && known.due_at > p.now) return known;
  if (known !== undefined) await connection.run(CLOSE, known.seq);
  const id = gatheringIdFor({ trigger_id: p.triggerId, first_event_id: p.member.activation.id });
  return (await connection.one<GatheringRow>(INSERT, id, p.triggerId, p.key, p.now, p.now))!;
}

const DUE = 'select * from gatherings where due_at <= ? order by due_at, seq limit ?';

export function dueGatherings(connection: Connection, p: { now: EpochMs; limit: number }): Promise<GatheringRow[]> {
  return connection.all<GatheringRow>(DUE, p.now, p.limit);
}

const MEMBERS = `select activations.* from gathering_members join activations on activations.seq = gathering_members.activation
  where gathering = ? order by activation`;

export async function membersOf(connection: Connection, gathering: number): Promise<Activation[]> {
  return (await connection.all<ActivationRow>(MEMBERS, gathering)).map(activationOf);
}

/** It became an activation of its own. */
export async function removeGathering(connection: Connection, gathering: number): Promise<void> {
  await connection.run('delete from gatherings where seq = ?', gathering);
}

const MEMBER_IDS = `select activations.id from gathering_members join activations on activations.seq = gathering_members.activation
  where gathering = ? order by activation`;

export async function readGathering(
  connection: Connection,
  p: { id: string },
): Promise<{ due_at: EpochMs; activation_ids: string[] } | undefined> {
  const row = await connection.one<GatheringRow>('select * from gatherings where id = ?', p.id);
  if (row === undefined) return undefined;
  const members = await connection.all<{ id: string }>(MEMBER_IDS, row.seq);
  return { due_at: row.due_at, activation_ids: members.map(({ id }) => id) };
}
