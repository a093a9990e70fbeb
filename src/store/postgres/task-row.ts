/** Tasks in their table: finding one, and creating it. Which transitions happen when is for the steps. */
import type { EpochMs } from '../../model/instant.ts';
import type { TaskRow } from '../rows/task-row.ts';
import type { NewTask } from '../task-store.ts';
import type { Connection } from './database.ts';
import { orNull } from '../rows/value.ts';

export function findTask(connection: Connection, id: string): Promise<TaskRow | undefined> {
  return connection.one<TaskRow>('select * from tasks where id = ?', id);
}

export function findTaskRun(connection: Connection, id: string): Promise<TaskRow | undefined> {
  return connection.one<TaskRow>('select * from tasks where task_run_id = ?', id);
}

const INSERT = `insert into tasks (
  id, task_run_id, idempotency_key, run_id, automation_id, title, description, owner_kind, owner_ref, network_channel,
  workspace_id, priority, status, created_by, created_at, updated_at
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?) on conflict (idempotency_key) do nothing`;

/** The task under this key: the new one, or the one that is there. */
export async function insertTask(
  connection: Connection,
  p: { now: EpochMs; task: NewTask; from?: { run_id: string; automation_id: string } },
): Promise<{ row: TaskRow; isNew: boolean }> {
  const { now, task, from } = p;
  const created = await connection.run(
    INSERT,
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
  );
  const sql = 'select * from tasks where idempotency_key = ?';
  const row = (await connection.one<TaskRow>(sql, task.idempotency_key))!;
  return { row, isNew: created === 1 };
}
