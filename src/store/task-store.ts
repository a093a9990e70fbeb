/**
 * The tasks of the store port: work that is handed over instead of being prompted, and the leases of those who do it.
 * The manners of `store.ts` hold here too: atomic steps that take `now`, decisions handed in, lost races as values.
 *
 * A task exists together with the one task run that carries it out; `status` is that task run's. Every step that
 * changes a task which a run handed over holds the lock of that run's automation, because the task's end may let the
 * automation's next run go on, and may pause the automation.
 */
import type { EpochMs } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Ownership } from '../model/job-task-config.ts';
import type { FailureCount } from '../model/failure-count.ts';
import type { Run } from '../model/run.ts';
import type { Task, TaskListQuery } from '../model/task.ts';
import type { PlaceCursor } from './cursor.ts';
import type { AutomationRecord } from './definition-store.ts';
import type { Page } from './page.ts';

/** A task to be created, queued. */
export interface NewTask {
  id: string;
  task_run_id: string;
  /** Unique over all tasks. */
  idempotency_key: string;
  title: string;
  description?: string;
  owner?: Ownership;
  network_channel?: string;
  workspace_id?: string;
  priority: number;
  created_by: string;
}

/** What a task run came to; `by` is who says so. */
export type TaskResult =
  | { status: 'completed'; output?: string; by: string }
  | { status: 'failed'; error: string; by: string };

/** The end of a task that a run handed over, as its automation sees it. */
export type DecideTaskFollowUp = (p: {
  task: Task;
  /** Absent when the automation is gone or cannot be read; what is decided then is nobody's. */
  record: AutomationRecord | undefined;
}) => FailureCount;

/** How a step that may end a task decides what follows. */
export interface TaskEnding {
  decideFollowUp: DecideTaskFollowUp;
  /** Places the cursor of a job that `decideFollowUp` pauses. */
  placeCursor: PlaceCursor;
}

export interface ChangedTask {
  task: Task;
  /** The automation was paused by it. */
  paused?: { error: string };
}

/** Which queued tasks a worker takes; all conditions must hold, none means any task. */
export interface TaskFilter {
  task_id?: string;
  owner?: Ownership;
  network_channel?: string;
  workspace_id?: string;
}

export interface TaskStore {
  /**
   * `scheduled → delegated` for waiting runs whose job has a `task`: the task is created, queued, and the run gets its
   * ids, in one transaction; so a run never has two tasks and no task lacks its run. Takes no slot and looks at no cap,
   * because nothing executes. Eligible: `available_at` ≤ `now`, `expires_at` not passed, and for an `exclusive` run no
   * running run of the same automation and none whose task is open; in the order of `claimRuns`, at most `limit`.
   * `claimRuns` passes over all of these runs.
   */
  delegateRuns(p: {
    now: EpochMs;
    limit: number;
    /** Pure: what the run hands over, by the definition as it stands now. */
    describe: (p: { run: Run; job: Job }) => NewTask;
  }): Promise<{ run: Run; task: Task }[]>;

  /** Creates a queued task by hand. A key that is known answers `exists` with the task as it stands. */
  createTask(p: { now: EpochMs; task: NewTask }): Promise<{ outcome: 'created' | 'exists'; task: Task }>;

  /**
   * `queued → claimed` for the first task that fits: priority (higher first), then age. `token` is fresh; one that
   * holds a task already comes back with it, so the step may be repeated.
   */
  claimTask(p: {
    now: EpochMs;
    token: string;
    worker: string;
    lease_ms: number;
    filter: TaskFilter;
  }): Promise<{ outcome: 'claimed'; task: Task } | { outcome: 'none' }>;

  /** The lease lasts until `now + lease_ms`. Fenced: `lost` with another token, or after the lease has run out. */
  renewTaskLease(p: {
    now: EpochMs;
    task_run_id: string;
    token: string;
    lease_ms: number;
  }): Promise<{ outcome: 'renewed'; task: Task } | { outcome: 'lost' | 'not_found' }>;

  /**
   * `claimed → completed | failed`. Fenced as above; a task run that ended with this very token answers `ended` as it
   * stands, so the step may be repeated.
   */
  endTask(
    p: { now: EpochMs; task_run_id: string; token: string; result: TaskResult } & TaskEnding,
  ): Promise<({ outcome: 'ended' } & ChangedTask) | { outcome: 'lost' | 'not_found' }>;

  /** `claimed → queued`, with the reason where one is given. Fenced; repeated after success it is `lost`, which is harmless. */
  releaseTask(p: {
    now: EpochMs;
    task_run_id: string;
    token: string;
    error?: string;
  }): Promise<{ outcome: 'released'; task: Task } | { outcome: 'lost' | 'not_found' }>;

  /** `queued | claimed → canceled`, by whoever asks; the worker's next step is `lost`. A finished task comes back unchanged. */
  cancelTask(p: {
    now: EpochMs;
    /** Of the task or of its task run. */
    id: string;
    error: string;
    by: string;
  }): Promise<{ outcome: 'canceled' | 'finished'; task: Task } | { outcome: 'not_found' }>;

  /**
   * What time and other runs ask of tasks, at most `limit` of each: claimed ones whose lease ran out go back into the
   * queue (`lapses` grows), or fail when that was the `lapses_max`th time; tasks of runs that a newer fire replaces
   * (`RunCancellation` of a delegated run) are canceled.
   */
  sweepTasks(p: { now: EpochMs; limit: number; lapses_max: number } & TaskEnding): Promise<ChangedTask[]>;

  /**
   * Deletes finished tasks that ended before `before` and whose run, if one handed them over, is deleted too. Looks at
   * `limit` tasks, oldest first, behind `after`; `next` is where to go on, absent when no older ones are left.
   */
  pruneTasks(p: { before: EpochMs; after?: number; limit: number }): Promise<{ deleted: number; next?: number }>;

  getTask(p: { id: string }): Promise<Task | undefined>;
  /** Those of these ids that exist, in no order; at most 500 ids. */
  getTasks(p: { ids: readonly string[] }): Promise<Task[]>;
  /** Newest first by the order of creation. `limit` is 1 to 500, 100 when absent. Throws `invalid_cursor`. */
  listTasks(p: { query: TaskListQuery }): Promise<Page<Task>>;
}
