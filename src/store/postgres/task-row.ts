/** Tasks in their table: finding one, and creating it. Which transitions happen when is for the steps. */
import type { EpochMs } from '../../model/instant.ts';
import type { TaskRow } from '../rows/task-row.ts';
import type { NewTask } from '../task-store.ts';
import { INSERT_TASK, TASK_BY_ID, TASK_BY_KEY, TASK_BY_RUN, taskValues } from '../rows/task-statements.ts';
import type { Connection } from './database.ts';

export function findTask(connection: Connection, id: string): Promise<TaskRow | undefined> {
  return connection.one<TaskRow>(TASK_BY_ID, id);
}

export function findTaskRun(connection: Connection, id: string): Promise<TaskRow | undefined> {
  return connection.one<TaskRow>(TASK_BY_RUN, id);
}

/** The task under this key: the new one, or the one that is there. */
export async function insertTask(
  connection: Connection,
  p: { now: EpochMs; task: NewTask; from?: { run_id: string; automation_id: string } },
): Promise<{ row: TaskRow; isNew: boolean }> {
  const created = await connection.run(INSERT_TASK, ...taskValues(p));
  const row = (await connection.one<TaskRow>(TASK_BY_KEY, p.task.idempotency_key))!;
  return { row, isNew: created === 1 };
}
