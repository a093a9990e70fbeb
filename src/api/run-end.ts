/** Waits for the end of a run by what happens, not by asking again and again. */
import type { EpochMs } from '../model/instant.ts';
import { isFinished, type Run } from '../model/run.ts';
import type { Happening } from '../events/happening.ts';
import type { ApiDeps } from './api-deps.ts';
import { Bell } from './bell.ts';

/** Whether a happening can have changed this run or its transcript. */
export function concernsRun(happening: Happening, runId: string): boolean {
  return 'run' in happening ? happening.run.id === runId : 'run_id' in happening && happening.run_id === runId;
}

/**
 * Starts a run and waits for its end, `waitMs` at most; resolves with the run as it is then. Listening begins before
 * the run does, so an end that comes at once is not missed. A daemon that stops ends the wait.
 */
export async function startAndWait(
  deps: Pick<ApiDeps, 'bus' | 'clock' | 'store'>,
  p: { start: () => Promise<Run>; waitMs: number; signal: AbortSignal },
): Promise<Run> {
  const bell = new Bell(deps.clock);
  let runId: string | undefined;
  let stopping = false;
  const unsubscribe = deps.bus.subscribe((happening) => {
    stopping ||= happening.type === 'daemon.stopping';
    if (stopping || runId === undefined || concernsRun(happening, runId)) bell.ring();
  });
  try {
    let run = await p.start();
    runId = run.id;
    const endsAt: EpochMs = deps.clock.monotonicMs() + p.waitMs;
    while (!isFinished(run.status) && !stopping) {
      const restMs = endsAt - deps.clock.monotonicMs();
      if (restMs <= 0 || (await bell.wait({ quietMs: restMs, signal: p.signal })) === 'aborted') break;
      run = (await deps.store.getRun({ id: runId })) ?? run;
    }
    return run;
  } finally {
    unsubscribe();
  }
}
