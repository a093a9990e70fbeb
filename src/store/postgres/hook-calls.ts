/** Calls of hooks on PostgreSQL: made behind a mark, taken when due, ended, listed. */
import type { HookCall, HookCallQuery } from '../../model/hook.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { HookStore } from '../hook-store.ts';
import { activationOf } from '../rows/activation-row.ts';
import type { ActivationRow } from '../rows/activation-row.ts';
import {
  ANYTHING_BEHIND_HOOK_MARK,
  BEHIND_HOOK_MARK,
  type HookCallRow,
  NEXT_HOOK_CALL,
  PRUNE_HOOK_CALLS,
  RELEASE_HOOK_CALLS,
  SET_HOOK_MARK,
  SKIP_TO_NEWEST,
  endingOfHookCall,
  hookCallOf,
  hookCallPage,
  insertHookCall,
  selectHookCalls,
} from '../rows/hook-call-row.ts';
import type { Page } from '../page.ts';
import type { Connection, Database } from './database.ts';
import { lockIntake, tryLockIntake } from './locks.ts';

export async function planHookCalls(
  database: Database,
  p: Parameters<HookStore['planHookCalls']>[0],
): Promise<{ planned: number; more: boolean }> {
  const nothing = { planned: 0, more: false };
  // An idle tick opens no transaction.
  if ((await database.one<{ found: number }>(ANYTHING_BEHIND_HOOK_MARK))?.found !== 1) return nothing;
  return database.write(async (connection) => {
    // Under the intake's lock activations come in the order of their numbers, so none can turn up behind the mark.
    if (!(await tryLockIntake(connection))) return nothing;
    const rows = await connection.all<ActivationRow>(BEHIND_HOOK_MARK, p.limit);
    let planned = 0;
    for (const row of rows) {
      for (const call of p.decide(activationOf(row))) {
        const waiting = { ...call, state: 'waiting', created_at: p.now, attempts: 0, next_at: p.now } as const;
        planned += await insertCall(connection, waiting);
      }
    }
    const last = rows.at(-1);
    if (last !== undefined) await connection.run(SET_HOOK_MARK, last.seq);
    return { planned, more: rows.length === p.limit };
  });
}

function insertCall(connection: Connection, call: HookCall): Promise<number> {
  const { sql, values } = insertHookCall(call);
  return connection.run(sql, ...values);
}

export function skipHookCalls(database: Database): Promise<void> {
  return database.write(async (connection) => {
    await lockIntake(connection);
    await connection.run(SKIP_TO_NEWEST);
  });
}

const TAKE = `with due as materialized (
    select seq from hook_calls where state = 'waiting' and next_at <= ? order by next_at, seq limit ?
    for update skip locked)
  update hook_calls set next_at = ?, taken = 1 where seq in (select seq from due) returning *`;

export async function takeHookCalls(
  connection: Connection,
  p: { now: EpochMs; limit: number; lease_ms: number },
): Promise<HookCall[]> {
  const due = `select seq, next_at from hook_calls where state = 'waiting' and next_at <= ? order by next_at, seq limit ?`;
  // An idle tick writes nothing; and this is the order in which they were due.
  const found = await connection.all<{ seq: number; next_at: EpochMs }>(due, p.now, p.limit);
  if (found.length === 0) return [];
  const dueAt = new Map(found.map((row) => [row.seq, row.next_at]));
  const rows = await connection.all<HookCallRow>(TAKE, p.now, p.limit, p.now + p.lease_ms);
  const order = (row: HookCallRow): number => dueAt.get(row.seq) ?? p.now;
  return rows
    .toSorted((a, b) => order(a) - order(b) || a.seq - b.seq)
    .map((row) => hookCallOf({ ...row, next_at: order(row) }));
}

export async function releaseHookCalls(connection: Connection, p: { now: EpochMs }): Promise<void> {
  await connection.run(RELEASE_HOOK_CALLS, p.now);
}

export async function nextHookCallAt(connection: Connection): Promise<EpochMs | undefined> {
  return (await connection.one<{ at: EpochMs | null }>(NEXT_HOOK_CALL))?.at ?? undefined;
}

export async function endHookCall(connection: Connection, p: Parameters<HookStore['endHookCall']>[0]): Promise<void> {
  const { sql, values } = endingOfHookCall(p);
  await connection.run(sql, ...values);
}

export async function recordHookCall(connection: Connection, p: { call: HookCall }): Promise<void> {
  await insertCall(connection, p.call);
}

export async function listHookCalls(connection: Connection, p: { query: HookCallQuery }): Promise<Page<HookCall>> {
  const { sql, values } = selectHookCalls(p.query);
  return hookCallPage(await connection.all<HookCallRow>(sql, ...values), p.query);
}

export async function pruneHookCalls(
  connection: Connection,
  p: { before: EpochMs; limit: number },
): Promise<{ deleted: number }> {
  return { deleted: await connection.run(PRUNE_HOOK_CALLS, p.before, p.limit) };
}
