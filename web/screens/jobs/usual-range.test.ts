import { expect, it } from 'vitest';
import type { ApiRun } from '../../../src/client/client.ts';
import { usualRange } from './usual-range.ts';

const run = (seconds: number, status: ApiRun['status'] = 'completed'): ApiRun => ({
  id: `run_${seconds}`,
  status,
  attempt: 1,
  kind: 'schedule',
  created_at: '2026-11-27T09:00:00.000Z',
  started_at: '2026-11-27T09:00:00.000Z',
  ended_at: new Date(Date.UTC(2026, 10, 27, 9, 0, seconds)).toISOString(),
});

it('a few runs have no usual range', () => expect(usualRange([1, 2, 3, 4].map((each) => run(each)))).toBeUndefined());
it('the slowest and the fastest are not usual', () => {
  const runs = [1, 10, 10, 10, 11, 11, 11, 12, 12, 12, 500].map((each) => run(each));
  expect(usualRange(runs)).toEqual({ low: 10_000, high: 12_000 });
});
it('what failed says nothing about it', () => {
  const runs = [
    ...[10, 10, 10, 10, 10].map((each) => run(each)),
    ...[900, 900, 900].map((each) => run(each, 'failed')),
  ];
  expect(usualRange(runs)).toEqual({ low: 10_000, high: 10_000 });
});
