/** What a row of a task, with its task run, means; the same for every database that keeps it. */
import type { EpochMs } from '../../model/instant.ts';
import type { Ownership } from '../../model/job-task-config.ts';
import type { Task, TaskRun, TaskStatus } from '../../model/task.ts';

export interface TaskRow {
  seq: number;
  id: string;
  task_run_id: string;
  idempotency_key: string;
  run_id: string | null;
  automation_id: string | null;
  title: string;
  description: string | null;
  owner_kind: Ownership['kind'] | null;
  owner_ref: string | null;
  network_channel: string | null;
  workspace_id: string | null;
  priority: number;
  status: TaskStatus;
  token: string | null;
  claims: number;
  lapses: number;
  claimed_by: string | null;
  claimed_at: EpochMs | null;
  heartbeat_at: EpochMs | null;
  lease_expires_at: EpochMs | null;
  cancel_error: string | null;
  cancel_by: string | null;
  output: string | null;
  error: string | null;
  ended_by: string | null;
  ended_at: EpochMs | null;
  created_by: string;
  created_at: EpochMs;
  updated_at: EpochMs;
}

export function taskOf(row: TaskRow): Task {
  const task: Task = {
    id: row.id,
    title: row.title,
    status: row.status,
    priority: row.priority,
    created_by: row.created_by,
    created_at: row.created_at,
    updated_at: row.updated_at,
    task_run: taskRunOf(row),
  };
  if (row.description !== null) task.description = row.description;
  if (row.owner_kind !== null && row.owner_ref !== null) task.owner = { kind: row.owner_kind, ref: row.owner_ref };
  if (row.network_channel !== null) task.network_channel = row.network_channel;
  if (row.workspace_id !== null) task.workspace_id = row.workspace_id;
  if (row.run_id !== null) task.run_id = row.run_id;
  if (row.automation_id !== null) task.job_id = row.automation_id;
  return task;
}

function taskRunOf(row: TaskRow): TaskRun {
  const run: TaskRun = {
    id: row.task_run_id,
    idempotency_key: row.idempotency_key,
    claims: row.claims,
    lapses: row.lapses,
  };
  if (row.claimed_by !== null) run.claimed_by = row.claimed_by;
  if (row.claimed_at !== null) run.claimed_at = row.claimed_at;
  if (row.heartbeat_at !== null) run.heartbeat_at = row.heartbeat_at;
  if (row.lease_expires_at !== null) run.lease_expires_at = row.lease_expires_at;
  if (row.output !== null) run.output = row.output;
  if (row.error !== null) run.error = row.error;
  if (row.ended_by !== null) run.ended_by = row.ended_by;
  if (row.ended_at !== null) run.ended_at = row.ended_at;
  return run;
}
