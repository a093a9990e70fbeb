/** How long runs usually take, so that a duration says something. */
import type { ApiRun } from '../../../src/client/client.ts';
import { epochOf } from '../../text/time-text.ts';

/** Milliseconds; undefined for a run that never started or has not ended. */
export function durationOf(run: ApiRun): number | undefined {
  if (run.started_at === undefined || run.ended_at === undefined) return undefined;
  return epochOf(run.ended_at) - epochOf(run.started_at);
}

/** Fewer say nothing about what is usual. */
const RUNS_MIN = 5;

/** The middle eight tenths of what completed. */
export function usualRange(runs: readonly ApiRun[]): { low: number; high: number } | undefined {
  const durations = runs
    .filter(({ status }) => status === 'completed')
    .flatMap((run) => durationOf(run) ?? [])
    .toSorted((a, b) => a - b);
  if (durations.length < RUNS_MIN) return undefined;
  const at = (part: number): number => durations[Math.floor((durations.length - 1) * part)] as number;
  return { low: at(0.1), high: at(0.9) };
}
