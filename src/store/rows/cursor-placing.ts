/** Where a cursor goes when nobody can place it: parked, with the reason, instead of failing the whole step. */
import type { EpochMs } from '../../model/instant.ts';
import type { Job } from '../../model/job.ts';
import { DEFAULT_MISFIRE_GRACE_SECONDS } from '../../model/schedule/schedule-spec.ts';
import type { Cursor, PlaceCursor } from '../cursor.ts';

/** Asks `placeCursor`; a job that it cannot place is parked with the message instead of failing the whole step. */
export function placeSafely(p: {
  placeCursor: PlaceCursor;
  job: Job;
  previous: Job | undefined;
  cursor: Cursor | undefined;
  now: EpochMs;
}): ReturnType<PlaceCursor> {
  const { job, previous, cursor, now } = p;
  try {
    return p.placeCursor({ job, previous, cursor, now });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { cursor: parked({ cursor, jobId: job.id, error: message, now }), runs: [] };
  }
}

/** The cursor without anything due, with the reason and one more failure in a row. */
export function parked(p: { cursor: Cursor | undefined; jobId: string; error: string; now: EpochMs }): Cursor {
  const { due_at: _due, ...kept } = p.cursor ?? {
    job_id: p.jobId,
    catch_up_policy: 'skip_missed' as const,
    misfire_grace_seconds: DEFAULT_MISFIRE_GRACE_SECONDS,
    consecutive_resume_failures: 0,
    misfire_count: 0,
    updated_at: p.now,
    due_at: undefined,
  };
  return {
    ...kept,
    parked_error: p.error,
    consecutive_resume_failures: kept.consecutive_resume_failures + 1,
    updated_at: p.now,
  };
}
