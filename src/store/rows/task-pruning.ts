/** Which of the tasks that were looked at may be forgotten; the same for every database that keeps them. */
import type { EpochMs } from '../../model/instant.ts';

/** The oldest tasks, by the order of creation. */
export interface OldTask {
  seq: number;
  created_at: EpochMs;
  ended_at: EpochMs | null;
  /** Whether the run that handed it over is there still: then its outcome is shown with it. */
  has_run: 0 | 1;
}

export function tasksToForget(
  tasks: readonly OldTask[],
  p: { before: EpochMs; limit: number },
): { seqs: number[]; next?: number } {
  const old = tasks.filter(({ created_at }) => created_at < p.before);
  const seqs = old
    .filter(({ ended_at, has_run }) => ended_at !== null && ended_at < p.before && has_run === 0)
    .map(({ seq }) => seq);
  // What was created later ended later, so the first one that is young enough ends the walk.
  const last = old.length === p.limit ? old.at(-1) : undefined;
  return { seqs, ...(last === undefined ? {} : { next: last.seq }) };
}
