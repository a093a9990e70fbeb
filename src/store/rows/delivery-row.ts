/** A delivery as a row: its statements, and what the columns mean. */
import type { Delivery, DeliveryQuery, DeliveryResult } from '../../model/delivery.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Scope } from '../../model/scope.ts';
import type { Trigger } from '../../model/trigger.ts';
import type { AcceptedActivation } from '../activation-store.ts';
import type { NewDelivery, Refusal } from '../delivery-store.ts';
import type { Page } from '../page.ts';
import { Conditions, type Selection } from './conditions.ts';
import { decodePageCursor, pageOf } from './page-cursor.ts';
import { type ColumnValue, orNull, pageLimit } from './value.ts';

export interface DeliveryRow {
  seq: number;
  id: string;
  result: DeliveryResult;
  status: number;
  reason: string | null;
  detail: string | null;
  trigger_id: string | null;
  scope: Scope;
  workspace_id: string;
  endpoint: string;
  received_at: EpochMs;
  sent_at: EpochMs | null;
  sender_id: string | null;
  event: string | null;
  bytes: number;
  repeats: number;
  last_repeat_at: EpochMs | null;
  event_id: string | null;
  matched: number | null;
  /** A JSON list. */
  run_ids: string | null;
  replay_of: string | null;
}

/** How many runs of a delivery are named on its row. */
const DELIVERY_RUNS_MAX = 100;

export function deliveryOf(row: DeliveryRow): Delivery {
  const delivery: Delivery = {
    id: row.id,
    result: row.result,
    status: row.status,
    scope: row.scope,
    endpoint: row.endpoint,
    received_at: row.received_at,
    bytes: row.bytes,
    repeats: row.repeats,
  };
  if (row.workspace_id !== '') delivery.workspace_id = row.workspace_id;
  if (row.run_ids !== null) delivery.run_ids = JSON.parse(row.run_ids) as string[];
  const optional = {
    reason: row.reason,
    detail: row.detail,
    trigger_id: row.trigger_id,
    sent_at: row.sent_at,
    sender_id: row.sender_id,
    event: row.event,
    last_repeat_at: row.last_repeat_at,
    event_id: row.event_id,
    matched: row.matched,
    replay_of: row.replay_of,
  };
  return Object.assign(delivery, Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null)));
}

export const INSERT_DELIVERY = `insert into deliveries (id, result, status, reason, detail, trigger_id, scope, workspace_id, endpoint,
  received_at, sent_at, sender_id, event, bytes, repeats, last_repeat_at, event_id, matched, run_ids, replay_of)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
/** One of a kind of refusals that has its row already only counts there. */
export const ADD_REFUSAL = `${INSERT_DELIVERY} on conflict (id) do update set
  repeats = deliveries.repeats + excluded.repeats + 1,
  last_repeat_at = coalesce(excluded.last_repeat_at, excluded.received_at)`;
export const REPEAT_DELIVERY = 'update deliveries set repeats = repeats + 1, last_repeat_at = ? where id = ?';
export const FIND_DELIVERY = 'select * from deliveries where id = ?';
export const PRUNE_DELIVERIES =
  'delete from deliveries where seq in (select seq from deliveries where received_at < ? order by received_at limit ?)';

export const FIND_DELIVERY_KEY = 'select delivery_id, received_at from delivery_keys where trigger_id = ? and key = ?';
export const INSERT_DELIVERY_KEY = `insert into delivery_keys (trigger_id, key, delivery_id, received_at)
  values (?, ?, ?, ?) on conflict do nothing`;
export const PRUNE_DELIVERY_KEYS = `delete from delivery_keys where (trigger_id, key) in (
  select trigger_id, key from delivery_keys where received_at < ? order by received_at limit ?)`;

export function deliveryValues(d: Delivery): ColumnValue[] {
  return [
    d.id,
    d.result,
    d.status,
    orNull(d.reason),
    orNull(d.detail),
    orNull(d.trigger_id),
    d.scope,
    d.workspace_id ?? '',
    d.endpoint,
    d.received_at,
    orNull(d.sent_at),
    orNull(d.sender_id),
    orNull(d.event),
    d.bytes,
    d.repeats,
    orNull(d.last_repeat_at),
    orNull(d.event_id),
    orNull(d.matched),
    d.run_ids === undefined ? null : JSON.stringify(d.run_ids),
    orNull(d.replay_of),
  ];
}

/** A delivery that is taken in, with what came of it. */
export function takenDelivery(
  p: NewDelivery,
  at: { now: EpochMs; trigger: Trigger; accepted: AcceptedActivation | undefined },
): Delivery {
  const { scope, workspace_id } = at.trigger;
  const { accepted } = at;
  return {
    id: p.id,
    result: p.result,
    status: p.status,
    trigger_id: p.trigger_id,
    scope,
    ...(workspace_id === undefined ? {} : { workspace_id }),
    endpoint: p.endpoint,
    received_at: at.now,
    ...(p.sent_at === undefined ? {} : { sent_at: p.sent_at }),
    ...(p.sender_id === undefined ? {} : { sender_id: p.sender_id }),
    ...(p.event === undefined ? {} : { event: p.event }),
    bytes: p.bytes,
    repeats: 0,
    ...(accepted === undefined
      ? {}
      : {
          event_id: accepted.activation.id,
          matched: accepted.activation.matched,
          run_ids: accepted.runs.slice(0, DELIVERY_RUNS_MAX).map((run) => run.id),
        }),
    ...(p.replay_of === undefined ? {} : { replay_of: p.replay_of }),
  };
}

export function refusedDelivery({ count, last_at, ...refusal }: Refusal): Delivery {
  const repeats = { repeats: count - 1, ...(count > 1 ? { last_repeat_at: last_at } : {}) };
  return { ...refusal, result: 'refused', ...repeats };
}

/** The delivery that another one repeats, as its key knows it. */
export interface FirstDelivery {
  delivery_id: string;
  received_at: EpochMs;
}

/** The first one is no longer in the history; what is still known of it. */
export function forgottenDelivery(first: FirstDelivery, p: NewDelivery): Delivery {
  const { result, status, trigger_id, endpoint } = p;
  const { delivery_id: id, received_at } = first;
  return { id, result, status, trigger_id, scope: 'global', endpoint, received_at, bytes: 0, repeats: 1 };
}

export function selectDeliveries(query: DeliveryQuery): Selection {
  const where = new Conditions().addWhen('trigger_id = ?', query.trigger_id);
  // Written out, not bound: the index of the refused ones is known to be usable only then.
  if (query.result !== undefined) where.add(`result = '${query.result}'`);
  where.addWhen('received_at >= ?', query.since).addWhen('received_at < ?', query.until);
  if (query.cursor !== undefined) {
    where.before('received_at', decodePageCursor('deliveries', query.cursor, ['number', 'number']));
  }
  const sql = `select * from deliveries where ${where.text} order by received_at desc, seq desc limit ?`;
  return { sql, values: [...where.values, pageLimit(query.limit) + 1] };
}

export function deliveryPage(rows: readonly DeliveryRow[], query: DeliveryQuery): Page<Delivery> {
  const limit = pageLimit(query.limit);
  const positionOf = (row: DeliveryRow): [number, number] => [row.received_at, row.seq];
  return pageOf(rows, { limit, list: 'deliveries', itemOf: deliveryOf, positionOf });
}
