/** Reading tasks, and making them by hand. */
import type { EpochMs } from '../../model/instant.ts';
import type { Task, TaskListQuery } from '../../model/task.ts';
import type { Page } from '../page.ts';
import type { NewTask, TaskStore } from '../task-store.ts';
import { type OldTask, tasksToForget } from '../rows/task-pruning.ts';
import { selectTasks, taskPage } from '../rows/task-statements.ts';
import type { Connection } from './connection.ts';
import { findTask, insertTask } from './task-row.ts';
import { taskOf } from '../rows/task-row.ts';
import type { TaskRow } from '../rows/task-row.ts';

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

export function listTasks(connection: Connection, p: { query: TaskListQuery }): Page<Task> {
  const { sql, values } = selectTasks(p.query);
  return taskPage(connection.all<TaskRow>(sql, ...values), p.query);
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
