/** Gatherings: the activations of one key that wait for their window, and become one fire. Under the intake's lock. */
import type { Activation } from '../../model/activation.ts';
import { gatheringIdFor } from '../../model/identifiers.ts';
import type { EpochMs } from '../../model/instant.ts';
import { activationOf } from '../rows/activation-row.ts';
import type { ActivationRow } from '../rows/activation-row.ts';
import {
  CLOSE_GATHERING,
  DUE_GATHERINGS,
  FIND_GATHERING,
  GATHERING_MEMBERS,
  GATHERING_MEMBER_IDS,
  GROW_GATHERING,
  type GatheringRow,
  INSERT_GATHERING,
  JOIN_GATHERING,
  type Joined,
  REMOVE_GATHERING,
  grownBy,
} from '../rows/gathering-row.ts';
import type { Connection } from './database.ts';

const OPEN = 'select * from gatherings where automation_id = ? and md5(key) = md5(?) and closed = 0';

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
  const row = await openGathering(connection, p);
  const { values, joined } = grownBy(row, { ...p, member: p.member.activation });
  await connection.run(JOIN_GATHERING, row.seq, p.member.seq);
  await connection.run(GROW_GATHERING, ...values);
  return joined;
}

async function openGathering(
  connection: Connection,
  p: { now: EpochMs; triggerId: string; key: string; member: { activation: Activation } },
): Promise<GatheringRow> {
  const known = await connection.one<GatheringRow>(OPEN, p.triggerId, p.key);
  // One that is due is on its way already; who comes now begins the next.
  if (known !== undefined && known.due_at > p.now) return known;
  if (known !== undefined) await connection.run(CLOSE_GATHERING, known.seq);
  const id = gatheringIdFor({ trigger_id: p.triggerId, first_event_id: p.member.activation.id });
  return (await connection.one<GatheringRow>(INSERT_GATHERING, id, p.triggerId, p.key, p.now, p.now))!;
}

export function dueGatherings(connection: Connection, p: { now: EpochMs; limit: number }): Promise<GatheringRow[]> {
  return connection.all<GatheringRow>(DUE_GATHERINGS, p.now, p.limit);
}

export async function membersOf(connection: Connection, gathering: number): Promise<Activation[]> {
  return (await connection.all<ActivationRow>(GATHERING_MEMBERS, gathering)).map(activationOf);
}

/** It became an activation of its own. */
export async function removeGathering(connection: Connection, gathering: number): Promise<void> {
  await connection.run(REMOVE_GATHERING, gathering);
}

export async function readGathering(
  connection: Connection,
  p: { id: string },
): Promise<{ due_at: EpochMs; activation_ids: string[] } | undefined> {
  const row = await connection.one<GatheringRow>(FIND_GATHERING, p.id);
  if (row === undefined) return undefined;
  const members = await connection.all<{ id: string }>(GATHERING_MEMBER_IDS, row.seq);
  return { due_at: row.due_at, activation_ids: members.map(({ id }) => id) };
}
