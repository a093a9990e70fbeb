/** The engine's report as it travels: durations as text, and means of milliseconds in whole ones. */
import type { z } from 'zod';
import type { SimulatedJob, SimulationReport } from '../engine/simulation-report.ts';
import { formatDuration } from '../model/duration.ts';
import { formatInstant } from '../model/instant.ts';
import type { simulation } from './contract/simulation.ts';

type SimulationView = z.output<typeof simulation>;

export function simulationView(report: SimulationReport): SimulationView {
  const { from, to, jobs, left_out, truncated_at, ...rest } = report;
  return {
    ...rest,
    from: formatInstant(from),
    to: formatInstant(to),
    jobs: jobs.map(jobView),
    left_out: left_out.map(({ since, ...job }) => ({
      ...job,
      ...(since === undefined ? {} : { since: formatInstant(since) }),
    })),
    ...(truncated_at === undefined ? {} : { truncated_at: formatInstant(truncated_at) }),
  };
}

function jobView({ wait_ms_max, wait_ms_mean, duration_ms, ...job }: SimulatedJob): SimulationView['jobs'][number] {
  return {
    ...job,
    wait_max: durationOf(wait_ms_max),
    wait_mean: durationOf(wait_ms_mean),
    duration: durationOf(duration_ms),
  };
}

function durationOf(ms: number): string {
  return formatDuration(BigInt(Math.round(ms)) * 1_000_000n);
}
