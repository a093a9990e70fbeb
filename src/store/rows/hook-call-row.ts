/** A call of a hook as a row: its statements, and what the columns mean. */
import type { HookCall, HookCallQuery, HookCallState, HookEvent } from '../../model/hook.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { HookStore } from '../hook-store.ts';
import type { Page } from '../page.ts';
import { Conditions, type Selection } from './conditions.ts';
import { decodePageCursor, pageOf } from './page-cursor.ts';
import { type ColumnValue, orNull, pageLimit } from './value.ts';

export interface HookCallRow {
  seq: number;
  id: string;
  hook: string;
  event: HookEvent;
  state: HookCallState;
  created_at: EpochMs;
  attempts: number;
  next_at: EpochMs | null;
  ended_at: EpochMs | null;
  duration_ms: number | null;
  detail: string | null;
  run_id: string | null;
  automation_id: string | null;
  event_id: string | null;
}

export function hookCallOf(row: HookCallRow): HookCall {
  const { id, hook, event, state, created_at, attempts } = row;
  const { next_at, ended_at, duration_ms, detail, run_id, automation_id, event_id } = row;
  const optional = { next_at, ended_at, duration_ms, detail, run_id, automation_id, event_id };
  const present = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null));
  return { id, hook, event, state, created_at, attempts, ...present };
}

export const BEHIND_HOOK_MARK = `select * from activations
  where seq > (select activation from hook_mark) order by seq limit ?`;
/** Asks for the newest, because a look for any that is newer would go through all that are not. */
export const ANYTHING_BEHIND_HOOK_MARK = `select case
  when (select max(seq) from activations) > (select activation from hook_mark) then 1 else 0 end as found`;
export const SET_HOOK_MARK = 'update hook_mark set activation = ?';
export const SKIP_TO_NEWEST = 'update hook_mark set activation = (select coalesce(max(seq), 0) from activations)';

const INSERT = `insert into hook_calls (id, hook, event, state, created_at, attempts, next_at, ended_at, duration_ms, detail,
  run_id, automation_id, event_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing`;

export function insertHookCall(call: HookCall): Selection {
  const values = [
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
  ];
  return { sql: INSERT, values };
}

export const RELEASE_HOOK_CALLS = `update hook_calls set next_at = ?, taken = 0 where state = 'waiting' and taken = 1`;
export const NEXT_HOOK_CALL = `select min(next_at) as at from hook_calls where state = 'waiting'`;

const END = `update hook_calls set state = ?, attempts = attempts + 1, taken = 0, next_at = ?, ended_at = ?,
  duration_ms = ?, detail = ? where id = ? and state = 'waiting'`;

/** Ended for good, or until the next attempt. */
export function endingOfHookCall(p: Parameters<HookStore['endHookCall']>[0]): Selection {
  const over = p.next_at === undefined;
  const state = over ? p.state : 'waiting';
  const values: ColumnValue[] = [state, orNull(p.next_at), over ? p.now : null, p.duration_ms, p.detail, p.id];
  return { sql: END, values };
}

export function selectHookCalls(query: HookCallQuery): Selection {
  const where = new Conditions()
    .addWhen('hook = ?', query.hook)
    .addWhen('state = ?', query.state)
    .addWhen('run_id = ?', query.run_id);
  if (query.cursor !== undefined) where.add('seq < ?', ...decodePageCursor('hook_calls', query.cursor, ['number']));
  const sql = `select * from hook_calls where ${where.text} order by seq desc limit ?`;
  return { sql, values: [...where.values, pageLimit(query.limit) + 1] };
}

export function hookCallPage(rows: readonly HookCallRow[], query: HookCallQuery): Page<HookCall> {
  const limit = pageLimit(query.limit);
  return pageOf(rows, { limit, list: 'hook_calls', itemOf: hookCallOf, positionOf: (row) => [row.seq] });
}

export const OLD_HOOK_CALLS = `select seq from hook_calls
  where created_at < ? and state <> 'waiting' order by created_at limit ?`;
export const PRUNE_HOOK_CALLS = `delete from hook_calls where seq in (${OLD_HOOK_CALLS})`;
