/** A run off the wire with its instants as numbers, so that the same lines serve it and the daemon's own runs. */
import type { ApiRun } from '../client/client.ts';
import type { RunFacts } from './run-text.ts';
import { epochOf } from './time-text.ts';

export function runFacts(run: ApiRun): RunFacts {
  const missed = run.missed;
  return {
    status: run.status,
    kind: run.kind,
    attempt: run.attempt,
    reason: run.reason,
    error: run.error,
    output: run.output,
    scheduled_at: epochOf(run.scheduled_at),
    started_at: epochOf(run.started_at),
    ended_at: epochOf(run.ended_at),
    available_at: epochOf(run.available_at),
    task: run.task,
    ...(missed === undefined
      ? {}
      : { missed: { count: missed.count, first: epochOf(missed.first) ?? 0, last: epochOf(missed.last) ?? 0 } }),
  };
}
