/** The steps of whoever works on a task, fenced by the token of the claim. */
import type { EpochMs } from '../../model/instant.ts';
import type { Task } from '../../model/task.ts';
import type { TaskStore } from '../task-store.ts';
import { TASK_OF_TOKEN, isHeld, queuedConditions } from '../rows/task-statements.ts';
import type { Connection } from './connection.ts';
import { endTaskRow } from './task-endings.ts';
import type { EndedTask } from './task-endings.ts';
import { findTask, findTaskRun } from './task-row.ts';
import { taskOf } from '../rows/task-row.ts';
import type { TaskRow } from '../rows/task-row.ts';
import { orNull } from '../rows/value.ts';

type Params<Step extends keyof TaskStore> = Parameters<TaskStore[Step]>[0];

const CLAIM = `update tasks set status = 'claimed', token = ?, claims = claims + 1, claimed_by = ?, claimed_at = ?,
  heartbeat_at = null, lease_expires_at = ?, error = null, updated_at = ? where seq = ?`;

export function claimTask(
  connection: Connection,
  p: Params<'claimTask'>,
): { outcome: 'claimed'; task: Task } | { outcome: 'none' } {
  return connection.write(() => {
    const before = connection.one<TaskRow>(TASK_OF_TOKEN, p.token);
    if (before !== undefined) return { outcome: 'claimed', task: taskOf(before) };
    const where = queuedConditions(p.filter);
    const sql = `select * from tasks where ${where.text} order by priority desc, seq limit 1`;
    const next = connection.one<TaskRow>(sql, ...where.values);
    if (next === undefined) return { outcome: 'none' };
    connection.run(CLAIM, p.token, p.worker, p.now, p.now + p.lease_ms, p.now, next.seq);
    return { outcome: 'claimed', task: taskOf(findTask(connection, next.id)!) };
  });
}

/** The claimed row that this token still holds. */
function heldRow(
  connection: Connection,
  p: { now: EpochMs; task_run_id: string; token: string },
): TaskRow | 'lost' | 'not_found' {
  const row = findTaskRun(connection, p.task_run_id);
  if (row === undefined) return 'not_found';
  return isHeld(row, p) ? row : 'lost';
}

const RENEW = 'update tasks set heartbeat_at = ?, lease_expires_at = ?, updated_at = ? where seq = ?';

export function renewTaskLease(
  connection: Connection,
  p: Params<'renewTaskLease'>,
): { outcome: 'renewed'; task: Task } | { outcome: 'lost' | 'not_found' } {
  return connection.write(() => {
    const row = heldRow(connection, p);
    if (typeof row === 'string') return { outcome: row };
    connection.run(RENEW, p.now, p.now + p.lease_ms, p.now, row.seq);
    return { outcome: 'renewed', task: taskOf(findTask(connection, row.id)!) };
  });
}

export function endTask(
  connection: Connection,
  p: Params<'endTask'>,
): ({ outcome: 'ended' } & EndedTask) | { outcome: 'lost' | 'not_found' } {
  return connection.write(() => {
    const row = heldRow(connection, p);
    if (row === 'lost') {
      const ended = findTaskRun(connection, p.task_run_id)!;
      // Asked again because the answer was lost: the same answer, without deciding anything twice.
      const isRepeat = ended.token === p.token && (ended.status === 'completed' || ended.status === 'failed');
      return isRepeat ? { outcome: 'ended', task: taskOf(ended) } : { outcome: 'lost' };
    }
    if (row === 'not_found') return { outcome: row };
    return { outcome: 'ended', ...endTaskRow(connection, { ...p, row, result: p.result }) };
  });
}

const RELEASE = `update tasks set status = 'queued', token = null, lease_expires_at = null, error = ?, updated_at = ? where seq = ?`;

export function releaseTask(
  connection: Connection,
  p: Params<'releaseTask'>,
): { outcome: 'released'; task: Task } | { outcome: 'lost' | 'not_found' } {
  return connection.write(() => {
    const row = heldRow(connection, p);
    if (typeof row === 'string') return { outcome: row };
    connection.run(RELEASE, orNull(p.error), p.now, row.seq);
    return { outcome: 'released', task: taskOf(findTask(connection, row.id)!) };
  });
}
