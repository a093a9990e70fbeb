/**
 * A task: work that is handed to people or other agents instead of being prompted by Rouse itself. A job with `task`
 * makes one per fire, and anybody who may can make one by hand.
 *
 * A task is carried out by its task run. Whoever works on it holds a lease: while it is renewed nobody else gets the
 * task; when it runs out the task goes back into the queue. So a worker that dies costs time, never the work.
 */
import type { EpochMs } from './instant.ts';
import type { Ownership } from './job-task-config.ts';

/** `queued → claimed → completed | failed`, `claimed → queued` (released, or the lease ran out), any unfinished one `→ canceled`. */
export const TASK_STATUSES = ['queued', 'claimed', 'completed', 'failed', 'canceled'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** Whether somebody may still work on it, or does. */
export function isTaskOpen(status: TaskStatus): boolean {
  return status === 'queued' || status === 'claimed';
}

/** The carrying out of a task, claims and lapsed leases included. */
export interface TaskRun {
  id: string;
  /** Enqueuing twice under one key is enqueuing once. */
  idempotency_key: string;
  /** How often somebody took it. */
  claims: number;
  /** How many of those leases ran out unanswered. */
  lapses: number;
  /** Who holds it, or held it at the end. */
  claimed_by?: string;
  claimed_at?: EpochMs;
  heartbeat_at?: EpochMs;
  /** Present while it is claimed. */
  lease_expires_at?: EpochMs;
  /** What came of it, in the worker's words; bounded. */
  output?: string;
  /** Why it failed, was canceled, or was given back last. */
  error?: string;
  ended_by?: string;
  ended_at?: EpochMs;
}

export interface Task {
  id: string;
  title: string;
  description?: string;
  status: TaskStatus;
  owner?: Ownership;
  network_channel?: string;
  workspace_id?: string;
  /** Higher first. */
  priority: number;
  /** The run that handed it over, and its job; absent for one made by hand. */
  run_id?: string;
  job_id?: string;
  /** Who made it: `automation:<job>`, `user:cli`, … */
  created_by: string;
  created_at: EpochMs;
  updated_at: EpochMs;
  task_run: TaskRun;
}

export interface TaskListQuery {
  status?: TaskStatus;
  owner_kind?: Ownership['kind'];
  owner_ref?: string;
  network_channel?: string;
  workspace_id?: string;
  job_id?: string;
  limit?: number;
  cursor?: string;
}

/** Texts of a task are no longer than this, in characters. */
export const TASK_TITLE_MAX = 500;
export const TASK_TEXT_MAX = 65_536;

/** How long a claim holds without a heartbeat: default and bounds, in milliseconds. */
export const TASK_LEASE_MS = { default: 300_000, min: 1_000, max: 86_400_000 } as const;

/** A task that this many workers let lapse is failed instead of being handed to the next one. */
export const TASK_LAPSES_MAX = 10;
