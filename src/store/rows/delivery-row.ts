/** A delivery as a row: what its columns mean. */
import type { Delivery, DeliveryResult } from '../../model/delivery.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Scope } from '../../model/scope.ts';

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
export const DELIVERY_RUNS_MAX = 100;

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
