/** A webhook delivery: one request that arrived at an endpoint, and what became of it. */
import type { EpochMs } from './instant.ts';
import type { Scope } from './scope.ts';

/**
 * - `accepted`: believed, stored and matched.
 * - `answered`: believed; the sender only asked whether anybody is there (Slack's URL challenge).
 * - `refused`: not believed, or not taken in; nothing of its body was kept.
 */
export const DELIVERY_RESULTS = ['accepted', 'answered', 'refused'] as const;
export type DeliveryResult = (typeof DELIVERY_RESULTS)[number];

export interface Delivery {
  id: string;
  result: DeliveryResult;
  /** The HTTP status that the sender was answered with. */
  status: number;
  /** The error code that a refused one was answered with. */
  reason?: string;
  /** One sentence for people, for a refused one. */
  detail?: string;
  /** Absent where the address belongs to no trigger. */
  trigger_id?: string;
  scope: Scope;
  workspace_id?: string;
  /** The last part of the address: `deploy--wbh_…`. */
  endpoint: string;
  received_at: EpochMs;
  /** When the sender says it sent it. */
  sent_at?: EpochMs;
  /** The sender's own name of it. */
  sender_id?: string;
  /** What happened, in the sender's words. */
  event?: string;
  /** Of the body, as far as it was read. */
  bytes: number;
  /** How often the same came again and started nothing; for a refused one, how many others like it this row stands for. */
  repeats: number;
  last_repeat_at?: EpochMs;
  /** The activation it became. */
  event_id?: string;
  matched?: number;
  /** The runs that came of it at once, at most 100. */
  run_ids?: string[];
  /** The delivery that a person had carried out once more. */
  replay_of?: string;
}

export interface DeliveryQuery {
  trigger_id?: string;
  result?: DeliveryResult;
  /** Bounds of `received_at`: inclusive and exclusive. */
  since?: EpochMs;
  until?: EpochMs;
  limit?: number;
  cursor?: string;
}
