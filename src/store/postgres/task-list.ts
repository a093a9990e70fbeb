/** Reading tasks, and making them by hand. */
import type { EpochMs } from '../../model/instant.ts';
import type { Task, TaskListQuery } from '../../model/task.ts';
import type { Page } from '../page.ts';
import type { NewTask, TaskStore } from '../task-store.ts';
import { type OldTask, tasksToForget } from '../rows/task-pruning.ts';
import { selectTasks, taskPage } from '../rows/task-statements.ts';
import type { Connection, Database } from './database.ts';
import { findTask, insertTask } from './task-row.ts';
import { taskOf } from '../rows/task-row.ts';
import type { TaskRow } from '../rows/task-row.ts';

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

export async function listTasks(connection: Connection, p: { query: TaskListQuery }): Promise<Page<Task>> {
  const { sql, values } = selectTasks(p.query);
  return taskPage(await connection.all<TaskRow>(sql, ...values), p.query);
}

// The page first, then its runs one by one: asked in the list of columns, the server would read every run there is.
const OLDEST = `select old.seq, old.created_at, old.ended_at, case when runs.id is null then 0 else 1 end as has_run
  from (select seq, created_at, ended_at, run_id from tasks where seq > ? order by seq limit ?) as old
    left join runs on runs.id = old.run_id
  order by old.seq`;

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
