/** The one row that stands for a contiguous range of instants which will not run (runtime section 3). Pure. */
import { overlapOf, priorityOf } from '../model/effective.ts';
import { fireIdFor, missedRangeFireIdFor, runIdFor } from '../model/identifiers.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { MissedRange, RunReason } from '../model/run.ts';
import type { NewRun } from '../store/acceptance.ts';
import { isExclusive } from './resolve-overlap.ts';

/** One instant keeps its own fire, so that it can never run as well; a longer range is a fire of its own. */
export function missedRow(p: {
  job: Job;
  missed: MissedRange;
  reason: RunReason;
  error: string;
  now: EpochMs;
}): NewRun {
  const { count, first, last } = p.missed;
  const fireId =
    count === 1
      ? fireIdFor({ job_id: p.job.id, scheduled_at: first })
      : missedRangeFireIdFor({ job_id: p.job.id, first, last, decided_at: p.now });
  return {
    id: runIdFor({ fire_id: fireId, attempt: 1 }),
    fire_id: fireId,
    attempt: 1,
    kind: 'schedule',
    status: 'canceled',
    reason: p.reason,
    error: p.error,
    scheduled_at: first,
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
