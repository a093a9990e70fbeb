/** Accepting a run: what a decision about it may look at, and what it asks for. */
import type { EpochMs } from '../model/instant.ts';
import type { MissedRange, RunKind, RunReason, RunStatus } from '../model/run.ts';
import type { Spending } from './account-store.ts';

export interface UnfinishedRun {
  id: string;
  status: RunStatus;
  kind: RunKind;
  scheduled_at?: EpochMs;
  created_at: EpochMs;
  attempt: number;
}

/** What a decision about accepting runs may look at, all read under the automation's lock. */
export interface AcceptanceFacts {
  /**
   * Unfinished runs of this automation, oldest first, at most {@link UNFINISHED_RUNS_MAX}. For a job with `task` also
   * its `delegated` runs whose task is open: the work of such a fire is not done yet. For a trigger under `allow` or
   * `skip` perhaps the oldest alone: nobody asks for more.
   */
  unfinished: UnfinishedRun[];
  /**
   * `accepted_at` of the runs that count against the fire limit (not `canceled`) and lie within the automation's
   * window before `now`, or after `now` (deferred); ascending, the newest `fire_limit.max` of them. A window is half
   * open: what was accepted at exactly `now` − window is out of it.
   */
  accepted: EpochMs[];
  /** What the automation's runs have used within its budget's window; zero when it has no such budget. */
  spent: Spending;
  /** When the window has let go of enough for its budget; absent while the budget is not used up. */
  spent_free_at?: EpochMs;
  /** What all runs have used since `daily_since`; zero when that was null. */
  spent_today: Spending;
}

export const UNFINISHED_RUNS_MAX = 1000;

/** A run to be created; the rest of {@link Run} follows from the automation. */
export interface NewRun {
  id: string;
  /** Unique together with `attempt`; derived from what must happen once. */
  fire_id: string;
  attempt: number;
  kind: RunKind;
  /** `canceled` for a fire that is recorded without ever running. */
  status: 'scheduled' | 'canceled';
  reason?: RunReason;
  error?: string;
  scheduled_at?: EpochMs;
  /** Not claimed before this instant. */
  available_at: EpochMs;
  /** From when it counts against the fire limit; meaningless for `canceled`. */
  accepted_at: EpochMs;
  /** Given up when it could not start by this instant. */
  expires_at?: EpochMs;
  priority: number;
  /** Never executes while another run of the automation does (every overlap policy but `allow`). */
  exclusive: boolean;
  /** A late start that catches up on downtime: among equal priorities it stands behind every live one. */
  catch_up: boolean;
  missed?: MissedRange;
  actor?: string;
  event_id?: string;
  depth?: number;
  /** Instead of the automation's own prompt (a manual run of a trigger renders it beforehand). */
  prompt?: string;
}

/**
 * End this unfinished run in favour of another: a waiting one at once, a running one by asking its executor, a delegated
 * one by asking for its task's end (`sweepTasks`).
 */
export interface RunCancellation {
  run_id: string;
  reason: RunReason;
  error: string;
  actor: string;
}
