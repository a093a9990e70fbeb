/** Calls of hooks on SQLite: made behind a mark, taken when due, ended, listed. */
import type { HookCall, HookCallQuery } from '../../model/hook.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { HookStore } from '../hook-store.ts';
import { activationOf } from '../rows/activation-row.ts';
import type { ActivationRow } from '../rows/activation-row.ts';
import { hookCallOf } from '../rows/hook-call-row.ts';
import type { HookCallRow } from '../rows/hook-call-row.ts';
import { decodePageCursor, encodePageCursor } from '../rows/page-cursor.ts';
import { orNull, pageLimit } from '../rows/value.ts';
import type { Page } from '../page.ts';
import type { Connection, Value } from './connection.ts';

const BEHIND = `select * from activations where seq > (select activation from hook_mark) order by seq limit ?`;
const ANYTHING = `select exists (select 1 from activations where seq > (select activation from hook_mark)) as found`;
const MARK = 'update hook_mark set activation = ?';
const INSERT = `insert into hook_calls (id, hook, event, state, created_at, attempts, next_at, ended_at, duration_ms, detail,
  run_id, automation_id, event_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing`;

export function planHookCalls(
  connection: Connection,
  p: Parameters<HookStore['planHookCalls']>[0],
): { planned: number; more: boolean } {
  // An idle tick takes no write lock.
  if (connection.one<{ found: number }>(ANYTHING)?.found !== 1) return { planned: 0, more: false };
  return connection.write(() => {
    const rows = connection.all<ActivationRow>(BEHIND, p.limit);
    let planned = 0;
    for (const row of rows) {
      for (const call of p.decide(activationOf(row))) {
        const waiting = { ...call, state: 'waiting', created_at: p.now, attempts: 0, next_at: p.now } as const;
        planned += insertCall(connection, waiting);
      }
    }
    const last = rows.at(-1);
    if (last !== undefined) connection.run(MARK, last.seq);
    return { planned, more: rows.length === p.limit };
  });
}

function insertCall(connection: Connection, call: HookCall): number {
  return connection.run(
    INSERT,
    call.id,
    call.hook,
    call.event,
    call.state,
    call.created_at,
    call.attempts,
    orNull(call.next_at),
    orNull(call.ended_at),
    orNull(call.duration_ms),
    orNull(call.detail),
    orNull(call.run_id),
    orNull(call.automation_id),
    orNull(call.event_id),
  );
}

export function skipHookCalls(connection: Connection): void {
  connection.write(() =>
    connection.run('update hook_mark set activation = (select coalesce(max(seq), 0) from activations)'),
  );
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
  connection.write(() =>
    connection.run(`update hook_calls set next_at = ?, taken = 0 where state = 'waiting' and taken = 1`, p.now),
  );
}

export function nextHookCallAt(connection: Connection): EpochMs | undefined {
  const sql = `select min(next_at) as at from hook_calls where state = 'waiting'`;
  return connection.one<{ at: EpochMs | null }>(sql)?.at ?? undefined;
}

export function endHookCall(connection: Connection, p: Parameters<HookStore['endHookCall']>[0]): void {
  const over = p.next_at === undefined;
  connection.write(() =>
    connection.run(
      `update hook_calls set state = ?, attempts = attempts + 1, taken = 0, next_at = ?, ended_at = ?, duration_ms = ?, detail = ?
        where id = ? and state = 'waiting'`,
      over ? p.state : 'waiting',
      orNull(p.next_at),
      over ? p.now : null,
      p.duration_ms,
      p.detail,
      p.id,
    ),
  );
}

export function recordHookCall(connection: Connection, p: { call: HookCall }): void {
  connection.write(() => insertCall(connection, p.call));
}

export function listHookCalls(connection: Connection, p: { query: HookCallQuery }): Page<HookCall> {
  const limit = pageLimit(p.query.limit);
  const { sql, values } = select(p.query);
  const rows = connection.all<HookCallRow>(sql, ...values, limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(hookCallOf),
    ...(rows.length > limit && last !== undefined ? { next_cursor: encodePageCursor('hook_calls', [last.seq]) } : {}),
  };
}

function select(query: HookCallQuery): { sql: string; values: Value[] } {
  const conditions = ['true'];
  const values: Value[] = [];
  const where = (condition: string, value: Value): void => {
    conditions.push(condition);
    values.push(value);
  };
  if (query.hook !== undefined) where('hook = ?', query.hook);
  if (query.state !== undefined) where('state = ?', query.state);
  if (query.run_id !== undefined) where('run_id = ?', query.run_id);
  if (query.cursor !== undefined) where('seq < ?', decodePageCursor('hook_calls', query.cursor, ['number'])[0]);
  return { sql: `select * from hook_calls where ${conditions.join(' and ')} order by seq desc limit ?`, values };
}

export function pruneHookCalls(connection: Connection, p: { before: EpochMs; limit: number }): { deleted: number } {
  const old = `select seq from hook_calls where created_at < ? and state <> 'waiting' order by created_at limit ?`;
  if (connection.one(old, p.before, 1) === undefined) return { deleted: 0 };
  return connection.write(() => ({
    deleted: connection.run(`delete from hook_calls where seq in (${old})`, p.before, p.limit),
  }));
}
