/** Why a waiting run has not started: the first of the claim's conditions that it does not meet. */
import type { EpochMs } from '../model/instant.ts';
import type { Run } from '../model/run.ts';
import type { ApiDeps } from './api-deps.ts';

export interface RunWaiting {
  why: 'not_before' | 'previous_run' | 'agent_unknown' | 'slot';
  until_at?: EpochMs;
  run_id?: string;
  ahead?: number;
}

/** So far down the queue a position is counted. */
const QUEUE_LOOKED_AT = 500;

/** Undefined for a run that does not wait. What it says may be over by the time it is read. */
export async function runWaiting(
  deps: Pick<ApiDeps, 'store' | 'clock' | 'agents'>,
  run: Run,
): Promise<RunWaiting | undefined> {
  const { store, clock } = deps;
  if (run.status !== 'scheduled') return undefined;
  if (run.available_at !== undefined && run.available_at > clock.now()) {
    return { why: 'not_before', until_at: run.available_at };
  }
  if (run.job_id !== undefined) {
    const record = await store.getJob({ id: run.job_id });
    const overlap = record?.automation.overlap;
    const agent = record?.automation.agent_name;
    if (agent !== undefined && agent !== '' && deps.agents.get(agent) === undefined) return { why: 'agent_unknown' };
    if (overlap !== 'allow') {
      const running = await store.listRuns({ query: { job_id: run.job_id, status: 'running', limit: 1 } });
      const [previous] = running.items;
      if (previous !== undefined) return { why: 'previous_run', run_id: previous.id };
    }
  }
  const queue = await store.listWaiting({ limit: QUEUE_LOOKED_AT });
  const position = queue.findIndex(({ id }) => id === run.id);
  return { why: 'slot', ahead: position === -1 ? queue.length : position };
}
