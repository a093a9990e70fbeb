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
import { readDefinition } from '../rows/stored-definition.ts';
import { orNull } from '../rows/value.ts';
import { readSpentToday } from './acceptance-facts.ts';
import { findAutomation } from './automation-row.ts';
import type { Connection, Database } from './database.ts';
import { lockIntake } from './locks.ts';
import { acceptActivation, type Matching } from './matching.ts';

const BY_WEBHOOK = `select id from automations where webhook_id = ? and kind = 'trigger'`;

export async function findEndpoint(
  connection: Connection,
  p: { webhook_id: string },
): Promise<WebhookEndpoint | undefined> {
  const found = await connection.one<{ id: string }>(BY_WEBHOOK, p.webhook_id);
  const row = found && (await findAutomation(connection, found.id));
  return row && endpointOf(row);
}

function endpointOf(row: AutomationRow): WebhookEndpoint {
  const read = readDefinition(row);
  const enabled = read.unreadable === undefined && isEnabled(row, read);
  return { trigger: read.automation as Trigger, enabled };
}

type Accept = Parameters<DeliveryStore['acceptDeliveries']>[0];

export function acceptDeliveries(database: Database, p: Accept): Promise<AcceptedDelivery[]> {
  return database.write(async (connection) => {
    await lockIntake(connection);
    const matching: Matching = {
      now: p.now,
      decider: p.decider,
      spentToday: await readSpentToday(connection, p.daily_since),
    };
    const accepted: AcceptedDelivery[] = [];
    for (const delivery of p.deliveries) accepted.push(await acceptDelivery(connection, matching, delivery));
    return accepted;
  });
}

async function acceptDelivery(connection: Connection, m: Matching, p: NewDelivery): Promise<AcceptedDelivery> {
  const first = await findFirst(connection, p);
  if (first !== undefined) return repeated(connection, m, first);
  const row = await findAutomation(connection, p.trigger_id);
  const endpoint = row && endpointOf(row);
  // A replay of a switched off trigger is a person's wish; its verdict will say that it is off.
  if (endpoint === undefined || (!endpoint.enabled && p.replay_of === undefined)) return { outcome: 'gone' };
  const accepted = p.activation && (await acceptActivation(connection, m, p.activation));
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
  await insertDelivery(connection, delivery);
  for (const key of p.keys) await connection.run(INSERT_KEY, p.trigger_id, key, p.id, m.now);
  return { outcome: 'stored', delivery, ...(accepted === undefined ? {} : { accepted }) };
}

const KEY = 'select delivery_id, received_at from delivery_keys where trigger_id = ? and key = ?';
const INSERT_KEY = `insert into delivery_keys (trigger_id, key, delivery_id, received_at) values (?, ?, ?, ?)
  on conflict do nothing`;

interface First {
  delivery_id: string;
  received_at: number;
}

async function findFirst(connection: Connection, p: NewDelivery): Promise<(First & { p: NewDelivery }) | undefined> {
  for (const key of p.keys) {
    const first = await connection.one<First>(KEY, p.trigger_id, key);
    if (first !== undefined) return { ...first, p };
  }
  const same = await connection.one<{ received_at: number }>('select received_at from deliveries where id = ?', p.id);
  return same && { delivery_id: p.id, received_at: same.received_at, p };
}

const REPEAT = 'update deliveries set repeats = repeats + 1, last_repeat_at = ? where id = ?';

async function repeated(
  connection: Connection,
  m: Matching,
  first: First & { p: NewDelivery },
): Promise<AcceptedDelivery> {
  // The step itself repeated, after an answer that was lost, is no repetition of the sender's.
  if (first.delivery_id !== first.p.id) await connection.run(REPEAT, m.now, first.delivery_id);
  const delivery = (await getDelivery(connection, { id: first.delivery_id })) ?? forgotten(first);
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
  repeats = deliveries.repeats + excluded.repeats + 1, last_repeat_at = coalesce(excluded.last_repeat_at, excluded.received_at)`;

async function insertDelivery(connection: Connection, d: Delivery, sql: string = INSERT): Promise<void> {
  await connection.run(
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
  select seq from deliveries where result = 'refused' order by received_at desc offset ${REFUSALS_MAX})`;
const OVER_ENDPOINT = `delete from deliveries where seq in (
  select seq from deliveries where result = 'refused' and endpoint = ? order by received_at desc
  offset ${REFUSALS_PER_ENDPOINT_MAX})`;

export async function recordRefusals(database: Database, p: { refusals: readonly Refusal[] }): Promise<void> {
  if (p.refusals.length === 0) return;
  await database.write(async (connection) => {
    // Several nodes refuse at once; who counts and forgets, counts and forgets alone.
    await lockIntake(connection);
    for (const { count, last_at, ...refusal } of p.refusals) {
      const repeats = { repeats: count - 1, ...(count > 1 ? { last_repeat_at: last_at } : {}) };
      await insertDelivery(connection, { ...refusal, result: 'refused', ...repeats }, ADD);
    }
    for (const endpoint of new Set(p.refusals.map((refusal) => refusal.endpoint)))
      await connection.run(OVER_ENDPOINT, endpoint);
    await connection.run(OVER_ALL);
  });
}

export async function getDelivery(connection: Connection, p: { id: string }): Promise<Delivery | undefined> {
  const row = await connection.one<DeliveryRow>('select * from deliveries where id = ?', p.id);
  return row && deliveryOf(row);
}

export function pruneDeliveries(
  database: Database,
  p: { now: number; before: number; limit: number },
): Promise<{ deleted: number }> {
  const old = 'select seq from deliveries where received_at < ? order by received_at limit ?';
  const oldKeys = `select trigger_id, key from delivery_keys where received_at < ? order by received_at limit ?`;
  return database.write(async (connection) => {
    const deleted = await connection.run(`delete from deliveries where seq in (${old})`, p.before, p.limit);
    const keysBefore = p.now - DELIVERY_KEYS_KEPT_MS;
    await connection.run(`delete from delivery_keys where (trigger_id, key) in (${oldKeys})`, keysBefore, p.limit);
    return { deleted };
  });
}
