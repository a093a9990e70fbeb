/** Ending unfinished runs: a waiting one at once, others by a mark that the executor, or whoever keeps the tasks, finds. */
import type { EpochMs } from '../../model/instant.ts';
import type { Run, RunReason } from '../../model/run.ts';
import type { RunCancellation } from '../acceptance.ts';
import { CANCEL_ALL_WAITING, CANCEL_WAITING, REQUEST_CANCEL } from '../rows/run-statements.ts';
import type { Connection } from './connection.ts';
import { runOf } from '../rows/run-row.ts';
import { findRun } from './run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import { promoteNext } from './run-queue.ts';
import { requestTaskCancel } from './task-cancel-request.ts';

/** `scheduled → canceled`; without an `actor` the one who asked for the run stays. */
export function cancelWaiting(
  connection: Connection,
  p: { now: EpochMs; row: FullRunRow; reason: RunReason; error: string; actor?: string },
): Run {
  const { now, row, reason, error, actor } = p;
  connection.prepare(CANCEL_WAITING).run(reason, error, actor ?? null, now, row.seq);
  promoteNext(connection, row.automation_id);
  return runOf({ ...row, status: 'canceled', reason, error, ended_at: now, actor: actor ?? row.actor });
}

/** Every waiting run of an automation that ceases to exist. */
export function cancelAllWaiting(
  connection: Connection,
  p: { now: EpochMs; automationId: string; error: string; actor: string },
): string[] {
  const rows = connection.prepare(CANCEL_ALL_WAITING).all(p.error, p.actor, p.now, p.automationId);
  return (rows as { id: string }[]).map((row) => row.id);
}

/** The first request stays: who ended a run is whoever asked first. */
export function requestCancel(connection: Connection, p: { seq: number; cancellation: RunCancellation }): void {
  const { reason, error, actor } = p.cancellation;
  connection.prepare(REQUEST_CANCEL).run(reason, error, actor, p.seq);
}

export interface MadeCancellations {
  canceled_run_ids: string[];
  cancel_requested_run_ids: string[];
}

/** Makes what a decision about `automationId` asked for; runs of other automations and finished ones are passed over. */
export function makeCancellations(
  connection: Connection,
  p: { now: EpochMs; automationId: string; cancellations: readonly RunCancellation[] },
): MadeCancellations {
  const made: MadeCancellations = { canceled_run_ids: [], cancel_requested_run_ids: [] };
  for (const cancellation of p.cancellations) {
    const row = findRun(connection, cancellation.run_id);
    if (row === undefined || row.automation_id !== p.automationId) continue;
    if (row.status === 'scheduled') {
      const { reason, error, actor } = cancellation;
      cancelWaiting(connection, { now: p.now, row, reason, error, actor });
      made.canceled_run_ids.push(row.id);
    } else if (row.status === 'running') {
      requestCancel(connection, { seq: row.seq, cancellation });
      made.cancel_requested_run_ids.push(row.id);
    } else if (row.status === 'delegated') {
      const { error, actor: by } = cancellation;
      if (requestTaskCancel(connection, { runId: row.id, error, by })) made.cancel_requested_run_ids.push(row.id);
    }
  }
  return made;
}
