/** Reading tasks, and making them by hand. */
import type { EpochMs } from '../../model/instant.ts';
import type { Task, TaskListQuery } from '../../model/task.ts';
import type { Page } from '../page.ts';
import type { NewTask, TaskStore } from '../task-store.ts';
import { type OldTask, tasksToForget } from '../rows/task-pruning.ts';
import type { Connection, Value } from './connection.ts';
import { decodePageCursor, encodePageCursor } from '../rows/page-cursor.ts';
import { findTask, insertTask } from './task-row.ts';
import { taskOf } from '../rows/task-row.ts';
import type { TaskRow } from '../rows/task-row.ts';
import { pageLimit } from '../rows/value.ts';

export function createTask(
  connection: Connection,
  p: { now: EpochMs; task: NewTask },
): { outcome: 'created' | 'exists'; task: Task } {
  return connection.write(() => {
    const { row, isNew } = insertTask(connection, p);
    return { outcome: isNew ? 'created' : 'exists', task: taskOf(row) };
  });
}

export function getTask(connection: Connection, p: { id: string }): Task | undefined {
  const row = findTask(connection, p.id);
  return row === undefined ? undefined : taskOf(row);
}

const BY_IDS = 'select * from tasks where id in (select value from json_each(?))';

export function getTasks(connection: Connection, p: { ids: readonly string[] }): Task[] {
  if (p.ids.length === 0) return [];
  return connection.all<TaskRow>(BY_IDS, JSON.stringify(p.ids)).map(taskOf);
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

export function listTasks(connection: Connection, p: { query: TaskListQuery }): Page<Task> {
  const { query } = p;
  const conditions: string[] = [];
  const values: Value[] = [];
  for (const [name, column] of Object.entries(FILTERS)) {
    const wanted = query[name as keyof typeof FILTERS];
    if (wanted === undefined) continue;
    conditions.push(`${column} = ?`);
    values.push(wanted);
  }
  if (query.cursor !== undefined) {
    conditions.push('seq < ?');
    values.push(...decodePageCursor('tasks', query.cursor, ['number']));
  }
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const limit = pageLimit(query.limit);
  const rows = connection.all<TaskRow>(`select * from tasks ${where} order by seq desc limit ?`, ...values, limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(taskOf), ...(more ? { next_cursor: encodePageCursor('tasks', [last.seq]) } : {}) };
}

const OLDEST = `select seq, created_at, ended_at, exists (select 1 from runs where runs.id = tasks.run_id) as has_run
  from tasks where seq > ? order by seq limit ?`;

export function pruneTasks(
  connection: Connection,
  p: Parameters<TaskStore['pruneTasks']>[0],
): { deleted: number; next?: number } {
  const { seqs, ...rest } = tasksToForget(connection.all<OldTask>(OLDEST, p.after ?? 0, p.limit), p);
  if (seqs.length > 0)
    connection.write(() => seqs.map((seq) => connection.run('delete from tasks where seq = ?', seq)));
  return { deleted: seqs.length, ...rest };
}
