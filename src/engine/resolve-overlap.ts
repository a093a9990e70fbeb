/**
 * What a fire does while earlier runs of the same automation are unfinished (overlap policies, runtime section 4.2).
 * Pure; the facts were read under the automation's lock, so the answer holds when it is committed.
 */
import type { OverlapPolicy } from '../model/automation-fields.ts';
import type { RunCancellation, UnfinishedRun } from '../store/acceptance.ts';

/** `queue_all` holds so many waiting runs of one automation; the next one is recorded as `overlap`. */
export const QUEUE_ALL_MAX = 100;

export type OverlapVerdict =
  | { accept: true; cancellations: RunCancellation[] }
  | { accept: false; error: string; activeRunId: string };

/** Only `allow` lets two runs of one automation execute side by side. */
export function isExclusive(policy: OverlapPolicy): boolean {
  return policy !== 'allow';
}

export function resolveOverlap(p: {
  policy: OverlapPolicy;
  unfinished: readonly UnfinishedRun[];
  newRunId: string;
}): OverlapVerdict {
  // A backfill that waits was asked for besides the live fires: it neither stands in their way nor gives way to them.
  const unfinished = p.unfinished.filter((run) => run.kind !== 'backfill' || run.status !== 'scheduled');
  const [active] = unfinished;
  if (active === undefined || p.policy === 'allow') return { accept: true, cancellations: [] };
  switch (p.policy) {
    case 'skip':
      return {
        accept: false,
        activeRunId: active.id,
        error: `${stillAt(active)} (overlap: skip)`,
      };
    case 'queue': {
      // A waiting retry is the unfinished fire itself, not a fire that waits: it is never given up for a newer one.
      const replaced = unfinished.filter((run) => run.status === 'scheduled' && run.attempt <= 1);
      return { accept: true, cancellations: replaced.map((run) => superseded(run, p.newRunId)) };
    }
    case 'queue_all': {
      const waiting = unfinished.filter((run) => run.status === 'scheduled').length;
      if (waiting < QUEUE_ALL_MAX) return { accept: true, cancellations: [] };
      return {
        accept: false,
        activeRunId: active.id,
        error: `${QUEUE_ALL_MAX} runs wait already, which is the most that queue (overlap: queue_all)`,
      };
    }
    case 'cancel_running':
      return {
        accept: true,
        cancellations: unfinished.map((run) => ({
          run_id: run.id,
          reason: 'overlap',
          error: `ended in favour of the newer run ${p.newRunId} (overlap: cancel_running)`,
          actor: `overlap:${p.newRunId}`,
        })),
      };
  }
}

function stillAt(run: UnfinishedRun): string {
  switch (run.status) {
    case 'running':
      return `run ${run.id} was still working`;
    case 'delegated':
      return `the task of run ${run.id} was still open`;
    default:
      return `run ${run.id} was still waiting`;
  }
}

function superseded(run: UnfinishedRun, newRunId: string): RunCancellation {
  return {
    run_id: run.id,
    reason: 'overlap',
    error: `the newer run ${newRunId} took its place in the queue (overlap: queue)`,
    actor: `overlap:${newRunId}`,
  };
}
