/** Calls of hooks on PostgreSQL: made behind a mark, taken when due, ended, listed. */
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
import type { Connection, Database, Value } from './database.ts';
import { lockIntake, tryLockIntake } from './locks.ts';

const BEHIND = `select * from activations where seq > (select activation from hook_mark) order by seq limit ?`;
const ANYTHING = `select exists (select 1 from activations where seq > (select activation from hook_mark)) as found`;
const MARK = 'update hook_mark set activation = ?';
const INSERT = `insert into hook_calls (id, hook, event, state, created_at, attempts, next_at, ended_at, duration_ms, detail,
  run_id, automation_id, event_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing`;

export async function planHookCalls(
  database: Database,
  p: Parameters<HookStore['planHookCalls']>[0],
): Promise<{ planned: number; more: boolean }> {
  const nothing = { planned: 0, more: false };
  // An idle tick opens no transaction.
  if ((await database.one<{ found: boolean }>(ANYTHING))?.found !== true) return nothing;
  return database.write(async (connection) => {
    // Under the intake's lock activations come in the order of their numbers, so none can turn up behind the mark.
    if (!(await tryLockIntake(connection))) return nothing;
    const rows = await connection.all<ActivationRow>(BEHIND, p.limit);
    let planned = 0;
    for (const row of rows) {
      for (const call of p.decide(activationOf(row))) {
        const waiting = { ...call, state: 'waiting', created_at: p.now, attempts: 0, next_at: p.now } as const;
        planned += await insertCall(connection, waiting);
      }
    }
    const last = rows.at(-1);
    if (last !== undefined) await connection.run(MARK, last.seq);
    return { planned, more: rows.length === p.limit };
  });
}

function insertCall(connection: Connection, call: HookCall): Promise<number> {
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

export function skipHookCalls(database: Database): Promise<void> {
  return database.write(async (connection) => {
    await lockIntake(connection);
    await connection.run('update hook_mark set activation = (select coalesce(max(seq), 0) from activations)');
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
  await connection.run(`update hook_calls set next_at = ?, taken = 0 where state = 'waiting' and taken = 1`, p.now);
}

export async function nextHookCallAt(connection: Connection): Promise<EpochMs | undefined> {
  const sql = `select min(next_at) as at from hook_calls where state = 'waiting'`;
  return (await connection.one<{ at: EpochMs | null }>(sql))?.at ?? undefined;
}

const END = `update hook_calls set state = ?, attempts = attempts + 1, taken = 0, next_at = ?, ended_at = ?,
  duration_ms = ?, detail = ? where id = ? and state = 'waiting'`;

export async function endHookCall(connection: Connection, p: Parameters<HookStore['endHookCall']>[0]): Promise<void> {
  const over = p.next_at === undefined;
  const state = over ? p.state : 'waiting';
  await connection.run(END, state, orNull(p.next_at), over ? p.now : null, p.duration_ms, p.detail, p.id);
}

export async function recordHookCall(connection: Connection, p: { call: HookCall }): Promise<void> {
  await insertCall(connection, p.call);
}

export async function listHookCalls(connection: Connection, p: { query: HookCallQuery }): Promise<Page<HookCall>> {
  const limit = pageLimit(p.query.limit);
  const { sql, values } = select(p.query);
  const rows = await connection.all<HookCallRow>(sql, ...values, limit + 1);
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

export async function pruneHookCalls(
  connection: Connection,
  p: { before: EpochMs; limit: number },
): Promise<{ deleted: number }> {
  const old = `select seq from hook_calls where created_at < ? and state <> 'waiting' order by created_at limit ?`;
  return { deleted: await connection.run(`delete from hook_calls where seq in (${old})`, p.before, p.limit) };
}
