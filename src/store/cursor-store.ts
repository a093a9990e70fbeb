/** Planning: what is due is decided and committed, as part of the store port (store.ts). */
import type { EpochMs } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import type { AcceptanceFacts, NewRun, RunCancellation } from './acceptance.ts';
import type { Cursor, PlaceCursor } from './cursor.ts';

export interface DueJob {
  job: Job;
  cursor: Cursor;
  facts: AcceptanceFacts;
}

export interface FireDecision {
  cursor: Cursor;
  runs: NewRun[];
  cancellations: RunCancellation[];
}

/** What became of one due job. */
export interface PlannedFire {
  job_id: string;
  runs: Run[];
  /**
   * Fires whose id existed already (`scheduled_fire_already_claimed`): an outcome, not a failure. They created
   * nothing; the cursor moved on all the same.
   */
  already_claimed: string[];
  canceled_run_ids: string[];
  cancel_requested_run_ids: string[];
  parked_error?: string;
}

export interface CursorStore {
  /**
   * Decides due jobs and commits the decisions. Eligible: enabled jobs with `due_at` ≤ `now`, earliest first, at most
   * `limit`; on several nodes, rows that another node is deciding right now are passed over.
   * For each: the cursor becomes `decision.cursor`, the runs are created, the cancellations made, in one transaction
   * (one for the whole batch where that is faster). A stored definition that cannot be read is parked without
   * asking `decide`; if `decide` throws, or what it returns breaks a rule of the store (a run id of another fire, say),
   * that job alone is parked with the message. Cancellations of finished runs and of other automations are ignored.
   */
  planFires(p: {
    now: EpochMs;
    limit: number;
    /** Since when `spent_today` counts; null when nobody asks (there is no daily budget). */
    daily_since: EpochMs | null;
    decide: (due: DueJob) => FireDecision;
  }): Promise<PlannedFire[]>;

  /**
   * Places cursors again, in bounded batches: of the jobs that are parked (`parked`), or of all (`all`, after the
   * default zone changed). Returns how many are parked afterwards. Wherever cursors are placed, a job that
   * `placeCursor` throws at is parked with the message, and a `due_at` of a disabled or parked job is not kept.
   */
  replaceCursors(p: { now: EpochMs; which: 'parked' | 'all'; placeCursor: PlaceCursor }): Promise<{ parked: number }>;

  /**
   * The next instant after `after` at which something may be due: the least such `due_at` of an enabled job or of a
   * gathering, `available_at` or `expires_at` of a waiting run, or end of a task's lease. Absent when nothing will ever be. What was due by `after` and is
   * still there waits for room, not for time, so it is not looked at.
   */
  nextWakeAt(p: { after: EpochMs }): Promise<EpochMs | undefined>;
}
