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
import { readDefinition, type ReadDefinition } from '../rows/stored-definition.ts';
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

interface KnownEndpoint {
  mark: EndpointMark;
  endpoint: WebhookEndpoint;
  /** `Connection.writes` when it was last held against its row: as long as nothing is written it stays true. */
  writes: number;
}

/** More endpoints than are busy at any moment; beyond it all are read anew. */
const ENDPOINTS_KEPT = 1_000;

const kept = new WeakMap<Connection, Map<string, KnownEndpoint>>();

export function findEndpoint(connection: Connection, p: { webhook_id: string }): WebhookEndpoint | undefined {
  const endpoints = kept.get(connection) ?? new Map<string, KnownEndpoint>();
  kept.set(connection, endpoints);
  const known = endpoints.get(p.webhook_id);
  const { writes } = connection;
  if (known?.writes === writes) return known.endpoint;
  const mark = connection.one<EndpointMark>(BY_WEBHOOK, p.webhook_id);
  if (mark === undefined) return undefined;
  if (known !== undefined && isSame(known.mark, mark)) {
    known.writes = writes;
    return known.endpoint;
  }
  const row = findAutomation(connection, mark.id);
  if (row === undefined) return undefined;
  const endpoint = endpointOf(row, readDefinition(row));
  if (endpoints.size >= ENDPOINTS_KEPT) endpoints.clear();
  endpoints.set(p.webhook_id, { mark, endpoint, writes });
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
      facts: new Map(),
    };
    return p.deliveries.map((delivery) => acceptDelivery(connection, matching, delivery));
  });
}

function acceptDelivery(connection: Connection, m: Matching, p: NewDelivery): AcceptedDelivery {
  const first = findFirst(connection, p);
  if (first !== undefined) return repeated(connection, m, { first, p });
  const found = findAddressee(connection, m, p.trigger_id);
  const endpoint = found && endpointOf(found.row, found.read);
  // A replay of a switched off trigger is a person's wish; its verdict will say that it is off.
  if (endpoint === undefined || (!endpoint.enabled && p.replay_of === undefined)) return { outcome: 'gone' };
  const accepted = p.activation && acceptActivation(connection, m, p.activation);
  const delivery = takenDelivery(p, { now: m.now, trigger: endpoint.trigger, accepted });
  connection.run(INSERT_DELIVERY, ...deliveryValues(delivery));
  for (const key of p.keys) connection.run(INSERT_DELIVERY_KEY, p.trigger_id, key, p.id, m.now);
  return { outcome: 'stored', delivery, ...(accepted === undefined ? {} : { accepted }) };
}

function findFirst(connection: Connection, p: NewDelivery): FirstDelivery | undefined {
  for (const key of p.keys) {
    const first = connection.one<FirstDelivery>(FIND_DELIVERY_KEY, p.trigger_id, key);
    if (first !== undefined) return first;
  }
  // This step repeated is found by its keys; only a replay has none.
  if (p.keys.length > 0) return undefined;
  const same = connection.one<{ received_at: number }>(FIND_DELIVERY, p.id);
  return same && { delivery_id: p.id, received_at: same.received_at };
}

function repeated(
  connection: Connection,
  m: Matching,
  repetition: { first: FirstDelivery; p: NewDelivery },
): AcceptedDelivery {
  const { first, p } = repetition;
  // The step itself repeated, after an answer that was lost, is no repetition of the sender's.
  if (first.delivery_id !== p.id) connection.run(REPEAT_DELIVERY, m.now, first.delivery_id);
  const known = getDelivery(connection, { id: first.delivery_id });
  return { outcome: 'duplicate', delivery: known ?? forgottenDelivery(first, p) };
}

const OVER_ALL = `delete from deliveries where seq in (
  select seq from deliveries where result = 'refused' order by received_at desc limit -1 offset ${REFUSALS_MAX})`;
const OVER_ENDPOINT = `delete from deliveries where seq in (
  select seq from deliveries where result = 'refused' and endpoint = ? order by received_at desc
  limit -1 offset ${REFUSALS_PER_ENDPOINT_MAX})`;

export function recordRefusals(connection: Connection, p: { refusals: readonly Refusal[] }): void {
  if (p.refusals.length === 0) return;
  connection.write(() => {
    for (const refusal of p.refusals) connection.run(ADD_REFUSAL, ...deliveryValues(refusedDelivery(refusal)));
    for (const endpoint of new Set(p.refusals.map((refusal) => refusal.endpoint)))
      connection.run(OVER_ENDPOINT, endpoint);
    connection.run(OVER_ALL);
  });
}

export function getDelivery(connection: Connection, p: { id: string }): Delivery | undefined {
  const row = connection.one<DeliveryRow>(FIND_DELIVERY, p.id);
  return row && deliveryOf(row);
}

export function pruneDeliveries(
  connection: Connection,
  p: { now: number; before: number; limit: number },
): { deleted: number } {
  return connection.write(() => {
    const deleted = connection.run(PRUNE_DELIVERIES, p.before, p.limit);
    const keysBefore = p.now - DELIVERY_KEYS_KEPT_MS;
    connection.run(PRUNE_DELIVERY_KEYS, keysBefore, p.limit);
    return { deleted };
  });
}
