/** A job's durable cursor, and the decision that places it. */
import type { EpochMs } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { SchedulerState } from '../model/scheduler-state.ts';
import type { NewRun } from './acceptance.ts';

/**
 * A job's durable cursor: {@link SchedulerState} and what only the engine needs.
 *
 * `due_at` = `next_run_at` + jitter while the job is enabled and schedulable, absent otherwise; only rows with a
 * `due_at` are ever looked at by the planner.
 */
export interface Cursor extends SchedulerState {
  due_at?: EpochMs;
  /** Origin of the `every` grid: when the job was first enabled. Never moves again. */
  anchor_at?: EpochMs;
  /**
   * The newest instant that had come when it was decided: what lies at or before it is accounted for. It does not move
   * back when the clock does, so nothing is decided twice.
   */
  accounted_until?: EpochMs;
  /**
   * The row of a limit stands for the instants after `accounted_until` up to `until` in advance, under the schedule and
   * the limits that `by` is a digest of. Void as soon as those change.
   */
  covered?: { until: EpochMs; by: string };
  /** Why the job cannot be scheduled; it is parked until somebody mends it. */
  parked_error?: string;
}

/**
 * Where the cursor of a job belongs after its definition or its switch changed. Pure; the engine owns it
 * (`placeCursor` in engine/). Both definitions are effective ones (`enabled` = the record's effective one); `previous`
 * is absent for a new job and for a stored definition that cannot be read. `runs` are rows (only `canceled` ones) for
 * instants that were due under the previous definition and not yet decided; they are created in the same step.
 */
export type PlaceCursor = (p: { job: Job; previous: Job | undefined; cursor: Cursor | undefined; now: EpochMs }) => {
  cursor: Cursor;
  runs: NewRun[];
};
