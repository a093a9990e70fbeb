/** Calls of hooks on SQLite: made behind a mark, taken when due, ended, listed. */
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
  OLD_HOOK_CALLS,
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
import type { Connection } from './connection.ts';

export function planHookCalls(
  connection: Connection,
  p: Parameters<HookStore['planHookCalls']>[0],
): { planned: number; more: boolean } {
  // An idle tick takes no write lock.
  if (connection.one<{ found: number }>(ANYTHING_BEHIND_HOOK_MARK)?.found !== 1) return { planned: 0, more: false };
  return connection.write(() => {
    const rows = connection.all<ActivationRow>(BEHIND_HOOK_MARK, p.limit);
    let planned = 0;
    for (const row of rows) {
      for (const call of p.decide(activationOf(row))) {
        const waiting = { ...call, state: 'waiting', created_at: p.now, attempts: 0, next_at: p.now } as const;
        planned += insertCall(connection, waiting);
      }
    }
    const last = rows.at(-1);
    if (last !== undefined) connection.run(SET_HOOK_MARK, last.seq);
    return { planned, more: rows.length === p.limit };
  });
}

function insertCall(connection: Connection, call: HookCall): number {
  const { sql, values } = insertHookCall(call);
  return connection.run(sql, ...values);
}

export function skipHookCalls(connection: Connection): void {
  connection.write(() => connection.run(SKIP_TO_NEWEST));
}

const DUE = `select * from hook_calls where state = 'waiting' and next_at <= ? order by next_at, seq limit ?`;

export function takeHookCalls(
  connection: Connection,
  p: { now: EpochMs; limit: number; lease_ms: number },
): HookCall[] {
  if (
    connection.one(`select 1 from hook_calls where state = 'waiting' and next_at <= ? limit 1`, p.now) === undefined
  ) {
    return [];
  }
  return connection.write(() => {
    const due = connection.all<HookCallRow>(DUE, p.now, p.limit);
    for (const { seq } of due) {
      connection.run('update hook_calls set next_at = ?, taken = 1 where seq = ?', p.now + p.lease_ms, seq);
    }
    return due.map(hookCallOf);
  });
}

export function releaseHookCalls(connection: Connection, p: { now: EpochMs }): void {
  connection.write(() => connection.run(RELEASE_HOOK_CALLS, p.now));
}

export function nextHookCallAt(connection: Connection): EpochMs | undefined {
  return connection.one<{ at: EpochMs | null }>(NEXT_HOOK_CALL)?.at ?? undefined;
}

export function endHookCall(connection: Connection, p: Parameters<HookStore['endHookCall']>[0]): void {
  const { sql, values } = endingOfHookCall(p);
  connection.write(() => connection.run(sql, ...values));
}

export function recordHookCall(connection: Connection, p: { call: HookCall }): void {
  connection.write(() => insertCall(connection, p.call));
}

export function listHookCalls(connection: Connection, p: { query: HookCallQuery }): Page<HookCall> {
  const { sql, values } = selectHookCalls(p.query);
  return hookCallPage(connection.all<HookCallRow>(sql, ...values), p.query);
}

export function pruneHookCalls(connection: Connection, p: { before: EpochMs; limit: number }): { deleted: number } {
  if (connection.one(OLD_HOOK_CALLS, p.before, 1) === undefined) return { deleted: 0 };
  return connection.write(() => ({
    deleted: connection.run(PRUNE_HOOK_CALLS, p.before, p.limit),
  }));
}
