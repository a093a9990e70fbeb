/** What `rouse simulate` answers: what the enabled jobs would do in the coming days, and what it would cost. */
import type { EpochMs } from '../model/instant.ts';
import type { Spending } from '../store/account-store.ts';

export interface SimulatedJob {
  job_id: string;
  name: string;
  /** Instants that became a run, and those that did not, by reason. */
  fires: number;
  runs: number;
  refused: Partial<Record<'overlap' | 'fire_limit' | 'budget' | 'misfire' | 'queue_timeout', number>>;
  /** Waiting for a slot or for the previous run, in milliseconds. */
  wait_ms_max: number;
  wait_ms_mean: number;
  /** What a run takes: the mean of past ones, or the assumption where there are none. */
  duration_ms: number;
  /** How many past runs that rests on; 0 = an assumption. */
  samples: number;
  expected: Spending;
}

/** A job that is switched on and of which the simulation says nothing, or nothing any more, and why. */
export interface LeftOutJob {
  job_id: string;
  name: string;
  reason: string;
  /** When the engine would park or pause it itself; absent: it cannot be scheduled as it stands now. */
  since?: EpochMs;
}

export interface SimulationReport {
  from: EpochMs;
  to: EpochMs;
  jobs: SimulatedJob[];
  /** The most runs that executed at once, and the cap. */
  concurrent_max: number;
  concurrent_cap: number;
  expected: Spending;
  left_out: LeftOutJob[];
  /** Present when a bound ended it early. */
  truncated_at?: EpochMs;
}
