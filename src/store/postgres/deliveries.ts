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
import {
  ADD_REFUSAL,
  type DeliveryRow,
  FIND_DELIVERY,
  FIND_DELIVERY_KEY,
  type FirstDelivery,
  INSERT_DELIVERY,
  INSERT_DELIVERY_KEY,
  PRUNE_DELIVERIES,
  PRUNE_DELIVERY_KEYS,
  REPEAT_DELIVERY,
  deliveryOf,
  deliveryValues,
  forgottenDelivery,
  refusedDelivery,
  takenDelivery,
} from '../rows/delivery-row.ts';
import { readDefinition } from '../rows/stored-definition.ts';
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
  if (first !== undefined) return repeated(connection, m, { first, p });
  const row = await findAutomation(connection, p.trigger_id);
  const endpoint = row && endpointOf(row);
  // A replay of a switched off trigger is a person's wish; its verdict will say that it is off.
  if (endpoint === undefined || (!endpoint.enabled && p.replay_of === undefined)) return { outcome: 'gone' };
  const accepted = p.activation && (await acceptActivation(connection, m, p.activation));
  const delivery = takenDelivery(p, { now: m.now, trigger: endpoint.trigger, accepted });
  await connection.run(INSERT_DELIVERY, ...deliveryValues(delivery));
  for (const key of p.keys) await connection.run(INSERT_DELIVERY_KEY, p.trigger_id, key, p.id, m.now);
  return { outcome: 'stored', delivery, ...(accepted === undefined ? {} : { accepted }) };
}

async function findFirst(connection: Connection, p: NewDelivery): Promise<FirstDelivery | undefined> {
  for (const key of p.keys) {
    const first = await connection.one<FirstDelivery>(FIND_DELIVERY_KEY, p.trigger_id, key);
    if (first !== undefined) return first;
  }
  const same = await connection.one<{ received_at: number }>(FIND_DELIVERY, p.id);
  return same && { delivery_id: p.id, received_at: same.received_at };
}

async function repeated(
  connection: Connection,
  m: Matching,
  repetition: { first: FirstDelivery; p: NewDelivery },
): Promise<AcceptedDelivery> {
  const { first, p } = repetition;
  // The step itself repeated, after an answer that was lost, is no repetition of the sender's.
  if (first.delivery_id !== p.id) await connection.run(REPEAT_DELIVERY, m.now, first.delivery_id);
  const known = await getDelivery(connection, { id: first.delivery_id });
  return { outcome: 'duplicate', delivery: known ?? forgottenDelivery(first, p) };
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
    for (const refusal of p.refusals) await connection.run(ADD_REFUSAL, ...deliveryValues(refusedDelivery(refusal)));
    for (const endpoint of new Set(p.refusals.map((refusal) => refusal.endpoint)))
      await connection.run(OVER_ENDPOINT, endpoint);
    await connection.run(OVER_ALL);
  });
}

export async function getDelivery(connection: Connection, p: { id: string }): Promise<Delivery | undefined> {
  const row = await connection.one<DeliveryRow>(FIND_DELIVERY, p.id);
  return row && deliveryOf(row);
}

export function pruneDeliveries(
  database: Database,
  p: { now: number; before: number; limit: number },
): Promise<{ deleted: number }> {
  return database.write(async (connection) => {
    const deleted = await connection.run(PRUNE_DELIVERIES, p.before, p.limit);
    const keysBefore = p.now - DELIVERY_KEYS_KEPT_MS;
    await connection.run(PRUNE_DELIVERY_KEYS, keysBefore, p.limit);
    return { deleted };
  });
}
