/**
 * What becomes of the instants that came due while everything was paused: nothing runs, one row says so, and the cursor
 * goes on along its grid. Decided once, when the pause ends; instants from before the pause were missed, not paused.
 */
import type { EpochMs } from '../model/instant.ts';
import { formatInstant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { CompiledSchedule } from '../model/schedule/next-fires.ts';
import type { NewRun } from '../store/acceptance.ts';
import type { DueJob, FireDecision } from '../store/cursor-store.ts';
import { instantsWere, missedRow } from './missed-row.ts';
import { dueAtOf } from './place-cursor.ts';

export function decidePausedFires(p: {
  due: DueJob;
  schedule: CompiledSchedule;
  now: EpochMs;
  pausedSince: EpochMs;
}): FireDecision {
  const { job, cursor } = p.due;
  const first = cursor.next_run_at;
  const newest = p.schedule.prev(p.now);
  if (first === undefined || newest === null || newest < first) {
    return { cursor: { ...cursor, ...dueAtOf({ job, nextRunAt: first }) }, runs: [], cancellations: [] };
  }
  const before = p.schedule.prev(p.pausedSince - 1);
  const lastMissed = before === null || before < first ? undefined : Math.min(before, newest);
  const firstPaused = lastMissed === undefined ? first : p.schedule.next(lastMissed);
  const runs: NewRun[] = [];
  if (lastMissed !== undefined) {
    const missed = rangeOf({ schedule: p.schedule, first, last: lastMissed });
    runs.push(
      row({ job, now: p.now, missed, reason: 'misfire', tail: 'due before the pause and not decided by then' }),
    );
  }
  if (firstPaused !== null && firstPaused <= newest) {
    const missed = rangeOf({ schedule: p.schedule, first: firstPaused, last: newest });
    const tail = `due while everything was paused, since ${formatInstant(p.pausedSince)}`;
    runs.push(row({ job, now: p.now, missed, reason: 'paused', tail }));
  }
  const { next_run_at: _next, due_at: _due, covered: _covered, ...rest } = cursor;
  return {
    cursor: {
      ...rest,
      ...dueAtOf({ job, nextRunAt: p.schedule.next(newest) ?? undefined }),
      last_scheduled_at: newest,
      accounted_until: Math.max(newest, cursor.accounted_until ?? newest),
      last_misfire_at: p.now,
      misfire_count: cursor.misfire_count + runs.reduce((sum, run) => sum + (run.missed?.count ?? 0), 0),
      updated_at: p.now,
    },
    runs,
    cancellations: [],
  };
}

function rangeOf(p: { schedule: CompiledSchedule; first: EpochMs; last: EpochMs }): {
  count: number;
  first: EpochMs;
  last: EpochMs;
} {
  return { count: p.schedule.count(p.first - 1, p.last), first: p.first, last: p.last };
}

function row(p: {
  job: Job;
  now: EpochMs;
  missed: { count: number; first: EpochMs; last: EpochMs };
  reason: 'misfire' | 'paused';
  tail: string;
}): NewRun {
  return missedRow({ ...p, error: `${instantsWere(p.missed.count)} ${p.tail}` });
}
