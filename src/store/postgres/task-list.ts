/** Reading tasks, and making them by hand. */
import type { EpochMs } from '../../model/instant.ts';
import type { Task, TaskListQuery } from '../../model/task.ts';
import type { Page } from '../page.ts';
import type { NewTask, TaskStore } from '../task-store.ts';
import { type OldTask, tasksToForget } from '../rows/task-pruning.ts';
import type { Connection, Database, Value } from './database.ts';
import { decodePageCursor, encodePageCursor } from '../rows/page-cursor.ts';
import { findTask, insertTask } from './task-row.ts';
import { taskOf } from '../rows/task-row.ts';
import type { TaskRow } from '../rows/task-row.ts';
import { pageLimit } from '../rows/value.ts';

export function createTask(
  database: Database,
  p: { now: EpochMs; task: NewTask },
): Promise<{ outcome: 'created' | 'exists'; task: Task }> {
  return database.write(async (connection) => {
    const { row, isNew } = await insertTask(connection, p);
    return { outcome: isNew ? 'created' : 'exists', task: taskOf(row) };
  });
}

export async function getTask(connection: Connection, p: { id: string }): Promise<Task | undefined> {
  const row = await findTask(connection, p.id);
  return row === undefined ? undefined : taskOf(row);
}

const BY_IDS = 'select * from tasks where id = any(?)';

export async function getTasks(connection: Connection, p: { ids: readonly string[] }): Promise<Task[]> {
  if (p.ids.length === 0) return [];
  return (await connection.all<TaskRow>(BY_IDS, p.ids)).map(taskOf);
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

export async function listTasks(connection: Connection, p: { query: TaskListQuery }): Promise<Page<Task>> {
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
  const rows = await connection.all<TaskRow>(
    `select * from tasks ${where} order by seq desc limit ?`,
    ...values,
    limit + 1,
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(taskOf), ...(more ? { next_cursor: encodePageCursor('tasks', [last.seq]) } : {}) };
}

const OLDEST = `select seq, created_at, ended_at,
    case when exists (select 1 from runs where runs.id = tasks.run_id) then 1 else 0 end as has_run
  from tasks where seq > ? order by seq limit ?`;

export async function pruneTasks(
  database: Database,
  p: Parameters<TaskStore['pruneTasks']>[0],
): Promise<{ deleted: number; next?: number }> {
  return database.write(async (connection) => {
    const { seqs, ...rest } = tasksToForget(await connection.all<OldTask>(OLDEST, p.after ?? 0, p.limit), p);
    if (seqs.length > 0) await connection.run('delete from tasks where seq = any(?)', seqs);
    return { deleted: seqs.length, ...rest };
  });
}
