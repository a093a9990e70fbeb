/** Ending unfinished runs: a waiting one at once, others by a mark that the executor, or whoever keeps the tasks, finds. */
import type { EpochMs } from '../../model/instant.ts';
import type { Run, RunReason } from '../../model/run.ts';
import { runOf } from '../rows/run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import type { RunCancellation } from '../acceptance.ts';
import { FULL_RUN, CANCEL_ALL_WAITING, CANCEL_WAITING, REQUEST_CANCEL } from '../rows/run-statements.ts';
import type { Connection } from './database.ts';
import { promoteNext } from './run-queue.ts';

/** `scheduled → canceled`; without an `actor` the one who asked for the run stays. */
export async function cancelWaiting(
  connection: Connection,
  p: { now: EpochMs; row: FullRunRow; reason: RunReason; error: string; actor?: string },
): Promise<Run> {
  const { now, row, reason, error, actor } = p;
  await connection.run(CANCEL_WAITING, reason, error, actor ?? null, now, row.seq);
  await promoteNext(connection, [row.automation_id]);
  return runOf({ ...row, status: 'canceled', reason, error, ended_at: now, actor: actor ?? row.actor });
}

/** Every waiting run of an automation that ceases to exist. */
export async function cancelAllWaiting(
  connection: Connection,
  p: { now: EpochMs; automationId: string; error: string; actor: string },
): Promise<string[]> {
  const rows = await connection.all<{ id: string }>(CANCEL_ALL_WAITING, p.error, p.actor, p.now, p.automationId);
  return rows.map((row) => row.id);
}

/** The first request stays: who ended a run is whoever asked first. */
export async function requestCancel(
  connection: Connection,
  p: { seq: number; cancellation: RunCancellation },
): Promise<void> {
  const { reason, error, actor } = p.cancellation;
  await connection.run(REQUEST_CANCEL, reason, error, actor, p.seq);
}

/** A newer fire replaces the run that handed the task over; `sweepTasks` hears it. The first request stays. */
const REQUEST_TASK_CANCEL = `update tasks set cancel_error = ?, cancel_by = ?
  where run_id = ? and status in ('queued', 'claimed') and cancel_by is null`;

export interface MadeCancellations {
  canceled_run_ids: string[];
  cancel_requested_run_ids: string[];
}

/**
 * Makes what a decision about `automationId` asked for, under its lock; runs of other automations and finished ones are
 * passed over.
 */
export async function makeCancellations(
  connection: Connection,
  p: { now: EpochMs; automationId: string; cancellations: readonly RunCancellation[] },
): Promise<MadeCancellations> {
  const made: MadeCancellations = { canceled_run_ids: [], cancel_requested_run_ids: [] };
  for (const cancellation of p.cancellations) {
    const sql = `${FULL_RUN} where runs.id = ? and runs.automation_id = ?`;
    const row = await connection.one<FullRunRow>(sql, cancellation.run_id, p.automationId);
    if (row === undefined) continue;
    if (row.status === 'scheduled') {
      const { reason, error, actor } = cancellation;
      await cancelWaiting(connection, { now: p.now, row, reason, error, actor });
      made.canceled_run_ids.push(row.id);
    } else if (row.status === 'running') {
      await requestCancel(connection, { seq: row.seq, cancellation });
      made.cancel_requested_run_ids.push(row.id);
    } else if (row.status === 'delegated') {
      const { error, actor: by } = cancellation;
      const asked = await connection.run(REQUEST_TASK_CANCEL, error, by, row.id);
      if (asked > 0) made.cancel_requested_run_ids.push(row.id);
    }
  }
  return made;
}
