/** Somebody asked for the end of a run: without further trouble it comes soon, long before any timeout of the run. */
import type { Checker } from '../checker.ts';

/** Hearing of it, twice the longest grace of an agent, and slow steps. */
const END_MS_MAX = 60_000;

export function cancellation(): Checker {
  const requestedAt = new Map<string, number>();
  /** They end as late as they like: nobody may go on before they are gone. */
  const withStubbornProcesses = new Set<string>();
  return {
    name: 'cancellation',
    promise: 'a running run that somebody asked to end ends within bounded time',
    onAgentStart(process) {
      if (process.stubbornness > 0) withStubbornProcesses.add(process.runId);
    },
    onStep({ changes }, reality) {
      for (const change of changes) {
        if (change.table !== 'runs' || change.op !== 'update') continue;
        if (change.cancelRequested) requestedAt.set(change.runId, reality.now());
        const at = requestedAt.get(change.runId);
        if (at === undefined || withStubbornProcesses.has(change.runId)) continue;
        if (change.from !== 'running' || change.to === 'running') continue;
        const tookMs = reality.now() - Math.max(at, reality.lastTroubleAt());
        if (tookMs <= END_MS_MAX) continue;
        reality.fail(`${change.runId} went on for ${Math.round(tookMs / 1000)} s after it was asked to end`, [
          change.runId,
        ]);
      }
    },
  };
}
