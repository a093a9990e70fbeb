/** The steps of whoever works on a task, fenced by the token of the claim. */
import type { EpochMs } from '../../model/instant.ts';
import { taskOf } from '../rows/task-row.ts';
import type { TaskRow } from '../rows/task-row.ts';
import { orNull } from '../rows/value.ts';
import type { TaskStore } from '../task-store.ts';
import { TASK_OF_TOKEN, isHeld, queuedConditions } from '../rows/task-statements.ts';
import type { Connection, Database } from './database.ts';
import { endTaskRow, lockTask } from './task-endings.ts';
import { findTaskRun } from './task-row.ts';

type Params<Step extends keyof TaskStore> = Parameters<TaskStore[Step]>[0];
type Answer<Step extends keyof TaskStore> = Awaited<ReturnType<TaskStore[Step]>>;

const CLAIM = `update tasks set status = 'claimed', token = ?, claims = claims + 1, claimed_by = ?, claimed_at = ?,
  heartbeat_at = null, lease_expires_at = ?, error = null, updated_at = ? where seq = ? returning *`;

export function claimTask(database: Database, p: Params<'claimTask'>): Promise<Answer<'claimTask'>> {
  return database.write(async (connection): Promise<Answer<'claimTask'>> => {
    const before = await connection.one<TaskRow>(TASK_OF_TOKEN, p.token);
    if (before !== undefined) return { outcome: 'claimed', task: taskOf(before) };
    // The first that nobody else takes at this moment.
    const where = queuedConditions(p.filter);
    const sql = `select * from tasks where ${where.text} order by priority desc, seq limit 1
    for update skip locked`;
    const next = await connection.one<TaskRow>(sql, ...where.values);
    if (next === undefined) return { outcome: 'none' };
    const until = p.now + p.lease_ms;
    const claimed = await connection.one<TaskRow>(CLAIM, p.token, p.worker, p.now, until, p.now, next.seq);
    return { outcome: 'claimed', task: taskOf(claimed!) };
  });
}

const LOCK = 'select * from tasks where task_run_id = ? for update';

/** The claimed row that this token still holds, locked. */
async function heldRow(
  connection: Connection,
  p: { now: EpochMs; task_run_id: string; token: string },
): Promise<TaskRow | 'lost' | 'not_found'> {
  const row = await connection.one<TaskRow>(LOCK, p.task_run_id);
  if (row === undefined) return 'not_found';
  return isHeld(row, p) ? row : 'lost';
}

const RENEW = 'update tasks set heartbeat_at = ?, lease_expires_at = ?, updated_at = ? where seq = ? returning *';

export function renewTaskLease(database: Database, p: Params<'renewTaskLease'>): Promise<Answer<'renewTaskLease'>> {
  return database.write(async (connection): Promise<Answer<'renewTaskLease'>> => {
    const row = await heldRow(connection, p);
    if (typeof row === 'string') return { outcome: row };
    const renewed = await connection.one<TaskRow>(RENEW, p.now, p.now + p.lease_ms, p.now, row.seq);
    return { outcome: 'renewed', task: taskOf(renewed!) };
  });
}

export function endTask(database: Database, p: Params<'endTask'>): Promise<Answer<'endTask'>> {
  return database.write(async (connection): Promise<Answer<'endTask'>> => {
    const found = await findTaskRun(connection, p.task_run_id);
    const row = found === undefined ? undefined : await lockTask(connection, found);
    if (row === undefined) return { outcome: 'not_found' };
    if (isHeld(row, p)) return { outcome: 'ended', ...(await endTaskRow(connection, { ...p, row, result: p.result })) };
    // Asked again because the answer was lost: the same answer, without deciding anything twice.
    const isRepeat = row.token === p.token && (row.status === 'completed' || row.status === 'failed');
    return isRepeat ? { outcome: 'ended', task: taskOf(row) } : { outcome: 'lost' };
  });
}

const RELEASE = `update tasks set status = 'queued', token = null, lease_expires_at = null, error = ?, updated_at = ?
  where seq = ? returning *`;

export function releaseTask(database: Database, p: Params<'releaseTask'>): Promise<Answer<'releaseTask'>> {
  return database.write(async (connection): Promise<Answer<'releaseTask'>> => {
    const row = await heldRow(connection, p);
    if (typeof row === 'string') return { outcome: row };
    const released = await connection.one<TaskRow>(RELEASE, orNull(p.error), p.now, row.seq);
    return { outcome: 'released', task: taskOf(released!) };
  });
}
