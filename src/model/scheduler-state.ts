/** A job's durable cursor, and the claim that moves it. */
import type { EpochMs } from './instant.ts';
import type { Run } from './run.ts';
import type { CatchUpPolicy } from './schedule/schedule-spec.ts';

export interface SchedulerState {
  job_id: string;
  /** The next instant not yet decided; absent when nothing will ever fire again (a spent `at`, a passed `end_at`). */
  next_run_at?: EpochMs;
  /** When the last scheduled fire was accepted. */
  last_run_at?: EpochMs;
  /** The newest instant that was decided; ahead of now while the row of a limit covers instants to come. */
  last_scheduled_at?: EpochMs;
  last_fire_id?: string;
  schedule_hash?: string;
  catch_up_policy: CatchUpPolicy;
  misfire_grace_seconds: number;
  /** How often in a row the stored definition could not be scheduled. */
  consecutive_resume_failures: number;
  last_misfire_at?: EpochMs;
  misfire_count: number;
  updated_at: EpochMs;
}

/** Reserves one scheduled fire: the cursor's step and the run that it creates, one transaction. */
export interface SchedulerClaim {
  job_id: string;
  run_id: string;
  fire_id: string;
  scheduled_at: EpochMs;
  next_run_at?: EpochMs;
  claimed_at: EpochMs;
  schedule_hash: string;
}

export interface SchedulerClaimResult {
  state: SchedulerState;
  run: Run;
}
