/**
 * The part of the store port about requests that change something: who asked for what (the audit trail), and the
 * answers that are kept for whoever sends the same request again.
 *
 * A request is written down before it is carried out and again when it was answered, so a change without a record cannot
 * be, and a request that died on its way shows as `begun`. What it did is not part of these steps: a step that a crash
 * cuts off is found by looking at the state.
 */
import type { ChangeRecord, ChangeRecordQuery } from '../model/change-record.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Page } from './page.ts';

/** What was answered, to be answered again. */
export interface KeptReply {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** A request that its sender gave a key, so that it can be sent twice and happens once. */
export interface KeyedRequest {
  /** Of the key and of whoever sent it: one sender's keys are not another's. */
  key_hash: string;
  /** Of everything that the request asks for. */
  request_hash: string;
  /** Who carries it out. */
  node: string;
  expires_at: EpochMs;
}

export type RequestOutcome =
  | { outcome: 'begun' }
  /** It was carried out before; nothing was recorded this time. */
  | { outcome: 'answered'; reply: KeptReply }
  /** This node carries it out right now. */
  | { outcome: 'under_way' }
  /** It was begun by a process that is gone: whether it happened nobody can say. */
  | { outcome: 'unknown' }
  /** The key belongs to a request that asked for something else. */
  | { outcome: 'reused' };

export interface RequestStore {
  /** Writes down that a request begins. Keys that have ended by `now` count for nothing, and are forgotten in passing. */
  beginRequest(p: { now: EpochMs; record?: ChangeRecord; key?: KeyedRequest }): Promise<RequestOutcome>;

  /**
   * Writes down what became of it: of its record, and of its key. `keep`: its answer, for the next one who asks with
   * this key. `forget`: nothing happened, so the key is free again. `leave`: what happened is not known.
   */
  finishRequest(p: {
    record?: { id: string; outcome: 'done' | 'refused'; status: number; code?: string };
    key?: { key_hash: string; end: 'forget' | 'leave' | { keep: KeptReply } };
  }): Promise<void>;

  /** Newest first, the order of recording. Throws `invalid_cursor`. */
  listChangeRecords(p: { query: ChangeRecordQuery }): Promise<Page<ChangeRecord>>;

  /** Deletes records from before `before`, at most `limit`; returns how many. */
  pruneChangeRecords(p: { before: EpochMs; limit: number }): Promise<number>;
}
