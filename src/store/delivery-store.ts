/**
 * The store port, chapter deliveries: what arrived at webhook endpoints, and the memory by which a repetition is known.
 *
 * A delivery, its activation, the match and its runs are one step, so a sender who was answered 202 may rely on it. Many
 * senders share one step (`acceptDeliveries` takes a list): the disk is synced once for all of them.
 *
 * - **Repetitions** are found by keys: hashes of what the sender vouched for, and of its own delivery id, both within
 *   the trigger. Any of them is enough. Keys outlive their deliveries ({@link DELIVERY_KEYS_KEPT_MS}): that a row was
 *   removed from the history is no reason to run it again.
 * - **Refusals** are rows too, but they are written by anybody who can reach the port, so their number is bounded
 *   whatever arrives: the oldest refusals make room, never what was accepted.
 */
import type { Delivery, DeliveryQuery } from '../model/delivery.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Trigger } from '../model/trigger.ts';
import type { AcceptedActivation, MatchDecider, NewActivation } from './activation-store.ts';
import type { Page } from './page.ts';

/** What an address leads to. */
export interface WebhookEndpoint {
  trigger: Trigger;
  /** The effective switch; false for a definition that cannot be read. */
  enabled: boolean;
}

export interface NewDelivery {
  id: string;
  result: 'accepted' | 'answered';
  status: number;
  trigger_id: string;
  endpoint: string;
  sent_at?: EpochMs;
  sender_id?: string;
  event?: string;
  bytes: number;
  replay_of?: string;
  /** What repetitions are known by; empty for one that may be repeated (a replay). */
  keys: readonly string[];
  /** Addressed to the trigger; absent for one that was only answered. */
  activation?: NewActivation;
}

export type AcceptedDelivery =
  | { outcome: 'stored'; delivery: Delivery; accepted?: AcceptedActivation }
  /** The first one as it stands, with one repetition more. Nothing was started. */
  | { outcome: 'duplicate'; delivery: Delivery }
  /** The trigger was deleted or switched off since the address was looked up. */
  | { outcome: 'gone' };

/** Some refusals that are alike; `id` is the same for those that are to share a row. */
export type Refusal = Omit<Delivery, 'result' | 'repeats' | 'last_repeat_at'> & {
  /** How many, the first one included. */
  count: number;
  last_at: EpochMs;
};

/** So many refused rows are kept in all, and of one address. */
export const REFUSALS_MAX = 10_000;
export const REFUSALS_PER_ENDPOINT_MAX = 1_000;
/** A sender that tries again after a year is not trying again. */
export const DELIVERY_KEYS_KEPT_MS = 366 * 86_400_000;

export interface DeliveryStore {
  findEndpoint(p: { webhook_id: string }): Promise<WebhookEndpoint | undefined>;

  /**
   * Takes deliveries in, in order, all in one synced transaction; the meaning of each `activation` is that of
   * `acceptActivations`. A repetition within the list is one too. An `id` that exists already is this same step
   * repeated: `duplicate`.
   */
  acceptDeliveries(p: {
    now: EpochMs;
    deliveries: readonly NewDelivery[];
    daily_since: EpochMs | null;
    decider: MatchDecider;
  }): Promise<AcceptedDelivery[]>;

  /** Adds to the row of each `id`, or makes it, then removes the oldest refusals beyond the bounds. */
  recordRefusals(p: { refusals: readonly Refusal[] }): Promise<void>;

  getDelivery(p: { id: string }): Promise<Delivery | undefined>;
  /** Newest first. `limit` as for runs. Throws `invalid_cursor`. */
  listDeliveries(p: { query: DeliveryQuery }): Promise<Page<Delivery>>;

  /**
   * Forgets deliveries received before `before`, at most `limit`, oldest first, and keys older than
   * {@link DELIVERY_KEYS_KEPT_MS}, at most as many.
   */
  pruneDeliveries(p: { now: EpochMs; before: EpochMs; limit: number }): Promise<{ deleted: number }>;
}
