// The judge of the crash tests, shown planted faults: a net that catches nothing proves nothing.
import { describe, expect, test } from 'vitest';
import type { ApiJob, ApiRun } from '../../src/client/client.ts';
import type { Execution } from './executions.ts';
import { checkLedger } from './ledger.ts';

const at = (seconds: number): string => new Date(Date.UTC(2027, 0, 1) + seconds * 1_000).toISOString();

const job = (more: Partial<ApiJob> = {}): ApiJob =>
  ({
    id: 'job_a',
    name: 'a',
    created_at: at(0),
    retry: { strategy: 'none', max_retries: 0, base_delay: '' },
    schedule: { mode: 'every', interval: '1s' },
    scheduler: { anchor_at: at(0) },
    ...more,
  }) as ApiJob;

const run = (second: number, more: Partial<ApiRun> = {}): ApiRun => ({
  id: `run_${second}_${more.attempt ?? 1}`,
  job_id: 'job_a',
  fire_id: `fire_${second}`,
  status: 'completed',
  attempt: 1,
  kind: 'schedule',
  scheduled_at: at(second),
  created_at: at(second),
  ended_at: at(second),
  ...more,
});

const missed = (first: number, last: number, count = last - first + 1): ApiRun =>
  run(first, { status: 'canceled', reason: 'misfire', missed: { count, first: at(first), last: at(last) } });

const executionOf = ({ id, fire_id = '', attempt }: ApiRun): Execution => ({
  run_id: id,
  fire_id,
  attempt,
  pid: 1,
  begunMs: 0,
});

/** Every completed or failed row was executed once, unless said otherwise. */
function check(p: { runs: ApiRun[]; jobs?: ApiJob[]; executions?: Execution[]; finds: RegExp[] }): void {
  const executed = p.runs.filter(({ status }) => status !== 'canceled').map(executionOf);
  const found = checkLedger({ runs: p.runs, jobs: p.jobs ?? [job()], executions: p.executions ?? executed });
  expect(found).toEqual(p.finds.map((pattern) => expect.stringMatching(pattern)));
}

const retried = job({ retry: { strategy: 'backoff', max_retries: 2, base_delay: '1s' } });
const failed = { status: 'failed', reason: 'agent_error' } as const;

describe('the judge of a ledger', () => {
  test('finds nothing wrong with a whole grid, missed ranges and retries', () => {
    check({ runs: [run(1), missed(2, 4), run(5)], finds: [] });
    check({ runs: [run(1, failed), run(1, { attempt: 2 }), run(2)], jobs: [retried], finds: [] });
    check({ runs: [run(9)], jobs: [job({ schedule: { mode: 'at', time: at(9) } })], finds: [] });
  });
  test('finds an instant without a row', () => check({ runs: [run(1), run(3)], finds: [/no row between/] }));
  test('finds an instant with two rows', () => {
    check({ runs: [run(1), run(1, { id: 'run_x', fire_id: 'fire_x' })], finds: [/two rows/] });
    check({
      runs: [run(1), missed(1, 3)].map((each, index) => ({ ...each, fire_id: `fire_x${index}`, id: `run_x${index}` })),
      finds: [/two rows/],
    });
  });
  test('finds a range that counts wrongly', () => check({ runs: [run(1), missed(2, 4, 2)], finds: [/stands for 2/] }));
  test('finds a grid that began late', () => check({ runs: [run(3)], finds: [/the grid began/] }));
  test('finds a one-shot that fired twice, or never', () => {
    const jobs = [job({ schedule: { mode: 'at', time: at(9) } })];
    check({ runs: [run(9), run(9, { id: 'run_x', fire_id: 'fire_x' })], jobs, finds: [/2 first attempts/] });
    check({ runs: [], jobs, finds: [/0 first attempts/] });
  });
  test('finds a run that was executed twice, without a row, or never', () => {
    const [first, second] = [run(1), run(2)];
    check({ runs: [first], executions: [executionOf(first), executionOf(first)], finds: [/executed 2 times/] });
    check({ runs: [first], executions: [executionOf(first), executionOf(second)], finds: [/has no row/] });
    check({ runs: [first], executions: [], finds: [/never executed/] });
  });
  test('finds what was left unfinished, and an end without a reason', () => {
    check({ runs: [run(1, { status: 'running' })], finds: [/left unfinished/] });
    check({ runs: [run(1, { status: 'failed' })], finds: [/no reason/] });
  });
  test('finds a retry that is missing, one too many, or after a success', () => {
    check({ runs: [run(1, failed)], jobs: [retried], finds: [/no retry followed/] });
    check({ runs: [run(1, failed), run(1, { attempt: 2 })], finds: [/too many/] });
    check({ runs: [run(1), run(1, { attempt: 2 })], jobs: [retried], finds: [/follows a completed one/] });
    check({ runs: [run(1, failed), run(1, { attempt: 3 })], jobs: [retried], finds: [/attempts 2/] });
  });
});
