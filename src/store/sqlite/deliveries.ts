/** Taking deliveries in, each with its activation and its runs, and recording what was refused. */
import type { Delivery } from '../../model/delivery.ts';
import type { Trigger } from '../../model/trigger.ts';
import {
  type AcceptedDelivery,
  DELIVERY_KEYS_KEPT_MS,
  type DeliveryStore,
  type NewDelivery,
  type Refusal,
  REFUSALS_MAX,
  REFUSALS_PER_ENDPOINT_MAX,
  type WebhookEndpoint,
} from '../delivery-store.ts';
import { isEnabled } from '../rows/automation-row.ts';
import type { AutomationRow } from '../rows/automation-row.ts';
import { DELIVERY_RUNS_MAX, deliveryOf } from '../rows/delivery-row.ts';
import type { DeliveryRow } from '../rows/delivery-row.ts';
import { readDefinition, type ReadDefinition } from '../rows/stored-definition.ts';
import { orNull } from '../rows/value.ts';
import { readSpentToday } from './acceptance-facts.ts';
import { findAutomation } from './automation-row.ts';
import type { Connection } from './connection.ts';
import { acceptActivation, findAddressee, type Matching } from './matching.ts';

const BY_WEBHOOK = `select seq, id, revision, overlay_enabled, paused_at from automations
  where webhook_id = ? and kind = 'trigger'`;

/** What tells whether an endpoint is still as it was read: reading and taking apart its definition costs far more. */
interface EndpointMark {
  seq: number;
  id: string;
  revision: number;
  overlay_enabled: 0 | 1 | null;
  paused_at: number | null;
}

/** More endpoints than are busy at any moment; beyond it all are read anew. */
const ENDPOINTS_KEPT = 1_000;

const kept = new WeakMap<Connection, Map<string, { mark: EndpointMark; endpoint: WebhookEndpoint }>>();

export function findEndpoint(connection: Connection, p: { webhook_id: string }): WebhookEndpoint | undefined {
  const mark = connection.one<EndpointMark>(BY_WEBHOOK, p.webhook_id);
  if (mark === undefined) return undefined;
  const endpoints = kept.get(connection) ?? new Map<string, { mark: EndpointMark; endpoint: WebhookEndpoint }>();
  kept.set(connection, endpoints);
  const known = endpoints.get(p.webhook_id);
  if (known !== undefined && isSame(known.mark, mark)) return known.endpoint;
  const row = findAutomation(connection, mark.id);
  if (row === undefined) return undefined;
  const endpoint = endpointOf(row, readDefinition(row));
  if (endpoints.size >= ENDPOINTS_KEPT) endpoints.clear();
  endpoints.set(p.webhook_id, { mark, endpoint });
  return endpoint;
}

function isSame(a: EndpointMark, b: EndpointMark): boolean {
  return (
    a.seq === b.seq &&
    a.revision === b.revision &&
    a.overlay_enabled === b.overlay_enabled &&
    a.paused_at === b.paused_at
  );
}

function endpointOf(row: AutomationRow, read: ReadDefinition): WebhookEndpoint {
  return { trigger: read.automation as Trigger, enabled: isEnabled(row, read) };
}

type Accept = Parameters<DeliveryStore['acceptDeliveries']>[0];

export function acceptDeliveries(connection: Connection, p: Accept): AcceptedDelivery[] {
  return connection.write(() => {
    const matching: Matching = {
      now: p.now,
      decider: p.decider,
      spentToday: readSpentToday(connection, p.daily_since),
      addressees: new Map(),
    };
    return p.deliveries.map((delivery) => acceptDelivery(connection, matching, delivery));
  });
}

function acceptDelivery(connection: Connection, m: Matching, p: NewDelivery): AcceptedDelivery {
  const first = findFirst(connection, p);
  if (first !== undefined) return repeated(connection, m, first);
  const found = findAddressee(connection, m, p.trigger_id);
  const endpoint = found && endpointOf(found.row, found.read);
  // A replay of a switched off trigger is a person's wish; its verdict will say that it is off.
  if (endpoint === undefined || (!endpoint.enabled && p.replay_of === undefined)) return { outcome: 'gone' };
  const accepted = p.activation && acceptActivation(connection, m, p.activation);
  const { scope, workspace_id } = endpoint.trigger;
  const delivery: Delivery = {
    id: p.id,
    result: p.result,
    status: p.status,
    trigger_id: p.trigger_id,
    scope,
    ...(workspace_id === undefined ? {} : { workspace_id }),
    endpoint: p.endpoint,
    received_at: m.now,
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
  insertDelivery(connection, delivery);
  for (const key of p.keys) connection.run(INSERT_KEY, p.trigger_id, key, p.id, m.now);
  return { outcome: 'stored', delivery, ...(accepted === undefined ? {} : { accepted }) };
}

const KEY = 'select delivery_id, received_at from delivery_keys where trigger_id = ? and key = ?';
const INSERT_KEY = `insert into delivery_keys (trigger_id, key, delivery_id, received_at) values (?, ?, ?, ?)
  on conflict do nothing`;

interface First {
  delivery_id: string;
  received_at: number;
}

function findFirst(connection: Connection, p: NewDelivery): (First & { p: NewDelivery }) | undefined {
  for (const key of p.keys) {
    const first = connection.one<First>(KEY, p.trigger_id, key);
    if (first !== undefined) return { ...first, p };
  }
  const same = connection.one<{ received_at: number }>('select received_at from deliveries where id = ?', p.id);
  return same && { delivery_id: p.id, received_at: same.received_at, p };
}

const REPEAT = 'update deliveries set repeats = repeats + 1, last_repeat_at = ? where id = ?';

function repeated(connection: Connection, m: Matching, first: First & { p: NewDelivery }): AcceptedDelivery {
  // The step itself repeated, after an answer that was lost, is no repetition of the sender's.
  if (first.delivery_id !== first.p.id) connection.run(REPEAT, m.now, first.delivery_id);
  const delivery = getDelivery(connection, { id: first.delivery_id }) ?? forgotten(first);
  return { outcome: 'duplicate', delivery };
}

/** The first one is no longer in the history; what is still known of it. */
function forgotten(first: First & { p: NewDelivery }): Delivery {
  const { result, status, trigger_id, endpoint } = first.p;
  const { delivery_id: id, received_at } = first;
  return { id, result, status, trigger_id, scope: 'global', endpoint, received_at, bytes: 0, repeats: 1 };
}

const INSERT = `insert into deliveries (id, result, status, reason, detail, trigger_id, scope, workspace_id, endpoint,
  received_at, sent_at, sender_id, event, bytes, repeats, last_repeat_at, event_id, matched, run_ids, replay_of)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const ADD = `${INSERT} on conflict (id) do update set
  repeats = repeats + excluded.repeats + 1, last_repeat_at = coalesce(excluded.last_repeat_at, excluded.received_at)`;

function insertDelivery(connection: Connection, d: Delivery, sql: string = INSERT): void {
  connection.run(
    sql,
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
  );
}

const OVER_ALL = `delete from deliveries where seq in (
  select seq from deliveries where result = 'refused' order by received_at desc limit -1 offset ${REFUSALS_MAX})`;
const OVER_ENDPOINT = `delete from deliveries where seq in (
  select seq from deliveries where result = 'refused' and endpoint = ? order by received_at desc
  limit -1 offset ${REFUSALS_PER_ENDPOINT_MAX})`;

export function recordRefusals(connection: Connection, p: { refusals: readonly Refusal[] }): void {
  if (p.refusals.length === 0) return;
  connection.write(() => {
    for (const { count, last_at, ...refusal } of p.refusals) {
      const repeats = { repeats: count - 1, ...(count > 1 ? { last_repeat_at: last_at } : {}) };
      insertDelivery(connection, { ...refusal, result: 'refused', ...repeats }, ADD);
    }
    for (const endpoint of new Set(p.refusals.map((refusal) => refusal.endpoint)))
      connection.run(OVER_ENDPOINT, endpoint);
    connection.run(OVER_ALL);
  });
}

export function getDelivery(connection: Connection, p: { id: string }): Delivery | undefined {
  const row = connection.one<DeliveryRow>('select * from deliveries where id = ?', p.id);
  return row && deliveryOf(row);
}

export function pruneDeliveries(
  connection: Connection,
  p: { now: number; before: number; limit: number },
): { deleted: number } {
  const old = 'select seq from deliveries where received_at < ? order by received_at limit ?';
  const oldKeys = `select trigger_id, key from delivery_keys where received_at < ? order by received_at limit ?`;
  return connection.write(() => {
    const deleted = connection.run(`delete from deliveries where seq in (${old})`, p.before, p.limit);
    const keysBefore = p.now - DELIVERY_KEYS_KEPT_MS;
    connection.run(`delete from delivery_keys where (trigger_id, key) in (${oldKeys})`, keysBefore, p.limit);
    return { deleted };
  });
}
