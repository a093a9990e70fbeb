import { describe, expect, it } from 'vitest';
import type { ApiSimulation } from '../client/client.ts';
import { recordedTerminal } from './recorded-terminal.ts';
import { simulationLines } from './simulation-text.ts';

const { terminal } = recordedTerminal({ now: Date.UTC(2026, 10, 22, 12) });
const job: ApiSimulation['jobs'][number] = {
  job_id: 'job_a',
  name: 'nightly',
  fires: 14,
  runs: 11,
  refused: { overlap: 2, fire_limit: 1 },
  wait_max: '1m30s',
  wait_mean: '1.5s',
  duration: '1m1s',
  samples: 3,
  expected: { tokens: 1200, cost_usd: 0.5 },
};
const simulation = (parts: Partial<ApiSimulation> = {}): ApiSimulation => ({
  from: '2026-11-22T12:00:00.000Z',
  to: '2026-11-29T12:00:00.000Z',
  jobs: [job],
  concurrent_max: 2,
  concurrent_cap: 5,
  expected: { tokens: 1200, cost_usd: 0.5 },
  left_out: [],
  ...parts,
});
const lines = (parts: Partial<ApiSimulation> = {}): string[] =>
  simulationLines({ simulation: simulation(parts), terminal });

describe('a simulation for people', () => {
  it('has a line per job and what it comes to', () =>
    expect(lines()).toEqual([
      'JOB      FIRES  RUNS  REFUSED                  WAITS                        TAKES  TOKENS     COST',
      'nightly     14    11  2 overlap, 1 fire limit  1.5 s, up to 1 min 30 s  1 min 1 s    1200  $0.5000',
      '2026-11-22 12:00 to 2026-11-29 12:00: 11 runs, 1200 tokens and $0.5000 expected, at most 2 at once of 5 that may.',
    ]));
  it('marks what is assumed, and leaves out what nobody waits for', () => {
    const [, line, , note] = lines({ jobs: [{ ...job, samples: 0, wait_max: '0s', wait_mean: '0s', refused: {} }] });
    expect(line).toMatch(/^nightly +14 +11 +~1 min 1 s +1200 +\$0\.5000$/);
    expect(note).toMatch(/^~ is an assumption/);
  });
  it('says where it ended early', () =>
    expect(lines({ truncated_at: '2026-11-23T12:00:00.000Z' }).at(-1)).toMatch(/^It ended early, at 2026-11-23 12:00/));
  it('names the jobs of which nothing more can be said', () => {
    const left_out = [
      { job_id: 'job_b', name: 'stops', reason: 'paused after failures', since: '2026-11-23T12:00:00.000Z' },
      { job_id: 'job_c', name: 'broken', reason: 'no such zone' },
    ];
    expect(lines({ left_out }).slice(2, 4)).toEqual([
      'stops stops at 2026-11-23 12:00: paused after failures',
      'broken is left out: no such zone',
    ]);
    expect(lines({ left_out, jobs: [] })).toHaveLength(3);
  });
  it('says that nothing would fire', () =>
    expect(lines({ jobs: [] })).toEqual([
      'Nothing would fire from 2026-11-22 12:00 to 2026-11-29 12:00. All jobs: rouse jobs list',
    ]));
});
