/** What a run of an automation is expected to take and to use, from its completed runs. */
import type { Run, RunUsage } from '../../model/run.ts';
import type { RealStore } from './paced-store.ts';

/** Where nothing ever ran. Nobody knows; five minutes is what an agent with an ordinary errand takes. */
export const ASSUMED_DURATION_MS = 5 * 60_000;

/** Past runs per automation: enough for a mean, and recent enough to know the definition as it is. */
const SAMPLES_MAX = 50;
/** Over all automations, so that a large home costs no more to ask than a small one. */
const SAMPLES_MAX_IN_ALL = 50_000;
const SAMPLES_MIN = 5;

export interface Expectation {
  durationMs: number;
  /** Of a whole run; tokens may be fractions, being means. */
  usage: Required<RunUsage>;
  /** On how many runs it rests; 0 = the assumption. */
  samples: number;
}

/** How many past runs are read per automation in a home of so many. */
export function samplesPer(automations: number): number {
  return Math.max(SAMPLES_MIN, Math.min(SAMPLES_MAX, Math.floor(SAMPLES_MAX_IN_ALL / Math.max(1, automations))));
}

/** The newest completed runs only: what failed or was ended says little about how long the work takes. */
export async function readExpectation(
  store: Pick<RealStore, 'listRuns'>,
  p: { automation: { job_id: string } | { trigger_id: string }; samples: number },
): Promise<Expectation> {
  const page = await store.listRuns({ query: { ...p.automation, status: 'completed', limit: p.samples } });
  return expectationFrom(page.items);
}

/** Means and not medians: what is asked is how much all of them take together. A run without usage used nothing. */
export function expectationFrom(runs: readonly Run[]): Expectation {
  const timed = runs.filter((run) => run.started_at !== undefined && run.ended_at !== undefined);
  const mean = (valueOf: (run: Run) => number): number =>
    timed.length === 0 ? 0 : timed.reduce((sum, run) => sum + valueOf(run), 0) / timed.length;
  return {
    // A clock that was set back while a run worked leaves an end before its start.
    durationMs: timed.length === 0 ? ASSUMED_DURATION_MS : Math.max(1, Math.round(mean(lengthOf))),
    usage: {
      input_tokens: mean((run) => run.usage?.input_tokens ?? 0),
      output_tokens: mean((run) => run.usage?.output_tokens ?? 0),
      cost_usd: mean((run) => run.usage?.cost_usd ?? 0),
    },
    samples: timed.length,
  };
}

function lengthOf(run: Run): number {
  return Math.max(0, (run.ended_at ?? 0) - (run.started_at ?? 0));
}

/** What a part of a run uses, in whole tokens, as agents report it; undefined when nothing. */
export function usageOfShare(expected: Expectation, share: number): RunUsage | undefined {
  const part = Math.max(0, Math.min(1, share));
  const usage = {
    input_tokens: Math.round(expected.usage.input_tokens * part),
    output_tokens: Math.round(expected.usage.output_tokens * part),
    cost_usd: expected.usage.cost_usd * part,
  };
  return usage.input_tokens + usage.output_tokens + usage.cost_usd === 0 ? undefined : usage;
}
