/** The keys under which requests may be repeated, as rows: their statements, and what a row answers to a repetition. */
import type { KeptReply, RequestOutcome } from '../request-store.ts';

export interface RequestKeyRow {
  request_hash: string;
  node: string;
  reply: string | null;
}

export const FIND_KEY = 'select request_hash, node, reply from request_keys where key_hash = ?';
export const TAKE_KEY = 'insert into request_keys (key_hash, request_hash, node, expires_at) values (?, ?, ?, ?)';
export const KEEP_REPLY = 'update request_keys set reply = ? where key_hash = ?';
export const FREE_KEY = 'delete from request_keys where key_hash = ?';
export const FREE_EXPIRED_KEY = `${FREE_KEY} and expires_at <= ?`;

/** What is said to a request whose key is taken. */
export function outcomeOfTaken(known: RequestKeyRow, asked: { request_hash: string; node: string }): RequestOutcome {
  if (known.request_hash !== asked.request_hash) return { outcome: 'reused' };
  if (known.reply !== null) return { outcome: 'answered', reply: JSON.parse(known.reply) as KeptReply };
  return { outcome: known.node === asked.node ? 'under_way' : 'unknown' };
}
