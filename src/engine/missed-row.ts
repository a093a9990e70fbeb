/** The one row that stands for a contiguous range of instants which will not run (runtime section 3). Pure. */
import { overlapOf, priorityOf } from '../model/effective.ts';
import { fireIdFor, runIdFor } from '../model/identifiers.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { MissedRange, RunReason } from '../model/run.ts';
import type { NewRun } from '../store/store.ts';
import { isExclusive } from './resolve-overlap.ts';

/**
 * Its fire is that of the range's first instant, so a later decision about the same instants finds it there already.
 */
export function missedRow(p: {
  job: Job;
  missed: MissedRange;
  reason: RunReason;
  error: string;
  now: EpochMs;
}): NewRun {
  const fireId = fireIdFor({ job_id: p.job.id, scheduled_at: p.missed.first });
  return {
    id: runIdFor({ fire_id: fireId, attempt: 1 }),
    fire_id: fireId,
    attempt: 1,
    kind: 'schedule',
    status: 'canceled',
    reason: p.reason,
    error: p.error,
    scheduled_at: p.missed.first,
    available_at: p.now,
    accepted_at: p.now,
    priority: priorityOf(p.job),
    exclusive: isExclusive(overlapOf(p.job)),
    catch_up: false,
    missed: p.missed,
  };
}

/** `one instant was` or `7 instants were`: how sentences about a range begin. */
export function instantsWere(count: number): string {
  return count === 1 ? 'one instant was' : `${count} instants were`;
}
