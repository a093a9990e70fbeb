/** What people and clocks ask of unfinished runs: to end them, and to give up on those that waited too long. */
import type { EpochMs } from '../../model/instant.ts';
import type { Run, RunReason } from '../../model/run.ts';
import { runOf } from '../rows/run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import type { RunCancellation } from '../acceptance.ts';
import type { RunStore } from '../run-store.ts';
import { FULL_RUN, CANCEL_REQUESTS } from '../rows/run-statements.ts';
import type { Connection, Database } from './database.ts';
import { lockFreeAutomations, lockRun } from './locks.ts';
import { cancelWaiting, requestCancel } from './run-cancellation.ts';

type Canceled = Awaited<ReturnType<RunStore['cancelRun']>>;

export function cancelRun(
  database: Database,
  p: { now: EpochMs; run_id: string; reason: RunReason; error: string; actor: string },
): Promise<Canceled> {
  return database.write(async (connection): Promise<Canceled> => {
    const locked = await lockRun(connection, p.run_id);
    if (locked === undefined) return { outcome: 'not_found' };
    const { row } = locked;
    const { run_id, reason, error, actor } = p;
    if (row.status === 'scheduled') {
      return { outcome: 'canceled', run: await cancelWaiting(connection, { now: p.now, row, reason, error, actor }) };
    }
    if (row.status !== 'running') return { outcome: 'finished', run: runOf(row) };
    await requestCancel(connection, { seq: row.seq, cancellation: { run_id, reason, error, actor } });
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

export async function listCancelRequests(
  connection: Connection,
  p: { node: string },
): Promise<{ run_id: string; token: string; cancellation: RunCancellation }[]> {
  const rows = await connection.all<RequestRow>(CANCEL_REQUESTS, p.node);
  return rows.map((row) => ({
    run_id: row.id,
    token: row.token,
    cancellation: { run_id: row.id, reason: row.cancel_reason, error: row.cancel_error, actor: row.cancel_actor },
  }));
}

const EXPIRED = `select automation_id from runs where queue is not null and expires_at <= ? order by expires_at, seq limit ?`;
const LOCK_EXPIRED = `${FULL_RUN} where queue is not null and expires_at <= ? and automation_id = any(?)
  order by expires_at, runs.seq limit ? for update of runs`;

/** Those whose automation somebody else holds right now are left for the next call. */
export async function expireRuns(database: Database, p: { now: EpochMs; limit: number }): Promise<Run[]> {
  const found = await database.all<{ automation_id: string }>(EXPIRED, p.now, p.limit);
  // An idle tick opens no transaction.
  if (found.length === 0) return [];
  const error = 'it could not start within its queue_timeout';
  return database.write(async (connection) => {
    const ids = [...new Set(found.map((row) => row.automation_id))];
    const locked = (await lockFreeAutomations(connection, ids)).map((row) => row.id);
    const rows = await connection.all<FullRunRow>(LOCK_EXPIRED, p.now, locked, p.limit);
    const expired: Run[] = [];
    for (const row of rows) {
      expired.push(await cancelWaiting(connection, { now: p.now, row, reason: 'queue_timeout', error }));
    }
    return expired;
  });
}
