/** Statements about tasks that both databases understand, with the values that they take. */
import type { EpochMs } from '../../model/instant.ts';
import type { Task, TaskListQuery } from '../../model/task.ts';
import type { Page } from '../page.ts';
import type { NewTask, TaskEnding, TaskFilter } from '../task-store.ts';
import { Conditions, type Selection } from './conditions.ts';
import { decodePageCursor, pageOf } from './page-cursor.ts';
import { type TaskRow, taskOf } from './task-row.ts';
import { type ColumnValue, orNull, pageLimit } from './value.ts';

export const TASK_BY_ID = 'select * from tasks where id = ?';
export const TASK_BY_RUN = 'select * from tasks where task_run_id = ?';
export const TASK_BY_KEY = 'select * from tasks where idempotency_key = ?';
export const TASK_OF_TOKEN = `select * from tasks where token = ? and status = 'claimed'`;

export const INSERT_TASK = `insert into tasks (
  id, task_run_id, idempotency_key, run_id, automation_id, title, description, owner_kind, owner_ref, network_channel,
  workspace_id, priority, status, created_by, created_at, updated_at
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?) on conflict (idempotency_key) do nothing`;

export function taskValues(p: {
  now: EpochMs;
  task: NewTask;
  from?: { run_id: string; automation_id: string };
}): ColumnValue[] {
  const { now, task, from } = p;
  return [
    task.id,
    task.task_run_id,
    task.idempotency_key,
    orNull(from?.run_id),
    orNull(from?.automation_id),
    task.title,
    orNull(task.description),
    orNull(task.owner?.kind),
    orNull(task.owner?.ref),
    orNull(task.network_channel),
    orNull(task.workspace_id),
    task.priority,
    task.created_by,
    now,
    now,
  ];
}

/** Without the order and the limit: what a worker may be given. */
export function queuedConditions(filter: TaskFilter): Conditions {
  const where = new Conditions().add(`status = 'queued'`).addWhen('id = ?', filter.task_id);
  if (filter.owner !== undefined) where.add('owner_kind = ? and owner_ref = ?', filter.owner.kind, filter.owner.ref);
  return where.addWhen('network_channel = ?', filter.network_channel).addWhen('workspace_id = ?', filter.workspace_id);
}

/** Whether the row is claimed and this token still holds it. */
export function isHeld(row: TaskRow, p: { now: EpochMs; token: string }): boolean {
  return row.status === 'claimed' && row.token === p.token && (row.lease_expires_at ?? 0) > p.now;
}

/** The columns that a list can be narrowed by; each has an index that ends in the order of creation. */
const FILTERS = {
  status: 'status',
  owner_kind: 'owner_kind',
  owner_ref: 'owner_ref',
  network_channel: 'network_channel',
  workspace_id: 'workspace_id',
  job_id: 'automation_id',
} as const satisfies Partial<Record<keyof TaskListQuery, string>>;

export function selectTasks(query: TaskListQuery): Selection {
  const where = new Conditions();
  for (const [name, column] of Object.entries(FILTERS)) {
    where.addWhen(`${column} = ?`, query[name as keyof typeof FILTERS]);
  }
  if (query.cursor !== undefined) where.add('seq < ?', ...decodePageCursor('tasks', query.cursor, ['number']));
  const sql = `select * from tasks where ${where.text} order by seq desc limit ?`;
  return { sql, values: [...where.values, pageLimit(query.limit) + 1] };
}

export function taskPage(rows: readonly TaskRow[], query: TaskListQuery): Page<Task> {
  const limit = pageLimit(query.limit);
  return pageOf(rows, { limit, list: 'tasks', itemOf: taskOf, positionOf: (row) => [row.seq] });
}

/** Of a canceled task: nothing follows, so nobody is asked. */
export const noFollowUp: TaskEnding = {
  decideFollowUp: () => ({ consecutive_failures: 0 }),
  placeCursor: () => {
    throw new Error('a canceled task pauses nothing');
  },
};
