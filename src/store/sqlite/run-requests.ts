/** What people and clocks ask of unfinished runs: to end them, and to give up on those that waited too long. */
import type { EpochMs } from '../../model/instant.ts';
import type { Run, RunReason } from '../../model/run.ts';
import type { RunCancellation } from '../acceptance.ts';
import { FULL_RUN, CANCEL_REQUESTS } from '../rows/run-statements.ts';
import type { Connection } from './connection.ts';
import { cancelWaiting, requestCancel } from './run-cancellation.ts';
import { runOf } from '../rows/run-row.ts';
import { findRun } from './run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';

export function cancelRun(
  connection: Connection,
  p: { now: EpochMs; run_id: string; reason: RunReason; error: string; actor: string },
): { outcome: 'canceled' | 'requested' | 'finished'; run: Run } | { outcome: 'not_found' } {
  return connection.write(() => {
    const row = findRun(connection, p.run_id);
    if (row === undefined) return { outcome: 'not_found' };
    const { run_id, reason, error, actor } = p;
    if (row.status === 'scheduled') {
      return { outcome: 'canceled', run: cancelWaiting(connection, { now: p.now, row, reason, error, actor }) };
    }
    if (row.status !== 'running') return { outcome: 'finished', run: runOf(row) };
    requestCancel(connection, { seq: row.seq, cancellation: { run_id, reason, error, actor } });
    return { outcome: 'requested', run: runOf(row) };
  });
}

interface RequestRow {
  id: string;
  token: string;
  cancel_reason: RunReason;
  cancel_error: string;
  cancel_actor: string;
}

export function listCancelRequests(
  connection: Connection,
  p: { node: string },
): { run_id: string; token: string; cancellation: RunCancellation }[] {
  return connection.all<RequestRow>(CANCEL_REQUESTS, p.node).map((row) => ({
    run_id: row.id,
    token: row.token,
    cancellation: { run_id: row.id, reason: row.cancel_reason, error: row.cancel_error, actor: row.cancel_actor },
  }));
}

const ANY_EXPIRED = `select 1 from runs where queue is not null and expires_at <= ? limit 1`;
const EXPIRED = `${FULL_RUN} where queue is not null and expires_at <= ? order by expires_at, seq limit ?`;

export function expireRuns(connection: Connection, p: { now: EpochMs; limit: number }): Run[] {
  // An idle tick takes no write lock.
  if (connection.one(ANY_EXPIRED, p.now) === undefined) return [];
  const error = 'it could not start within its queue_timeout';
  return connection.write(() =>
    connection
      .all<FullRunRow>(EXPIRED, p.now, p.limit)
      .map((row) => cancelWaiting(connection, { now: p.now, row, reason: 'queue_timeout', error })),
  );
}
