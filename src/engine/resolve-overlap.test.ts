import { expect, test } from 'vitest';
import type { OverlapPolicy } from '../model/automation-fields.ts';
import type { UnfinishedRun } from '../store/acceptance.ts';
import { isExclusive, QUEUE_ALL_MAX, resolveOverlap } from './resolve-overlap.ts';

const running = (id: string): UnfinishedRun => ({ id, status: 'running', kind: 'schedule', created_at: 0, attempt: 1 });
const backfill = (id: string, status: UnfinishedRun['status']): UnfinishedRun => ({
  ...running(id),
  status,
  kind: 'backfill',
});
const waiting = (id: string, attempt = 1): UnfinishedRun => ({
  id,
  status: 'scheduled',
  kind: 'schedule',
  created_at: 0,
  attempt,
});
const full = Array.from({ length: QUEUE_ALL_MAX }, (_, n) => waiting(`run_${n}`));

/** `accept`, `accept -run_a` (which it ends), or the sentence of the refusal. */
function answer(policy: OverlapPolicy, unfinished: UnfinishedRun[]): string {
  const verdict = resolveOverlap({ policy, unfinished, newRunId: 'run_new' });
  if (!verdict.accept) return verdict.error;
  return ['accept', ...verdict.cancellations.map((each) => `-${each.run_id}`)].join(' ');
}

const table: [string, OverlapPolicy, UnfinishedRun[], string][] = [
  ['nothing unfinished: every policy accepts', 'skip', [], 'accept'],
  ["a waiting backfill stands in nobody's way", 'skip', [backfill('run_b', 'scheduled')], 'accept'],
  ['a waiting backfill gives way to nobody', 'cancel_running', [backfill('run_b', 'scheduled')], 'accept'],
  ['a working backfill is a run like any other', 'cancel_running', [backfill('run_b', 'running')], 'accept -run_b'],
  ['skip names the run that works', 'skip', [running('run_a')], 'run run_a was still working (overlap: skip)'],
  ['skip names the run that waits', 'skip', [waiting('run_a')], 'run run_a was still waiting (overlap: skip)'],
  [
    'skip names the oldest',
    'skip',
    [running('run_a'), waiting('run_b')],
    'run run_a was still working (overlap: skip)',
  ],
  ['queue waits behind the one that works', 'queue', [running('run_a')], 'accept'],
  ['queue replaces those that wait', 'queue', [running('run_a'), waiting('run_b')], 'accept -run_b'],
  ['queue never gives up a waiting retry', 'queue', [waiting('run_a', 2)], 'accept'],
  ['queue_all waits behind all', 'queue_all', [running('run_a'), waiting('run_b')], 'accept'],
  ['queue_all has room for its last', 'queue_all', [running('run_a'), ...full.slice(1)], 'accept'],
  [
    'queue_all refuses beyond its bound',
    'queue_all',
    full,
    '100 runs wait already, which is the most that queue (overlap: queue_all)',
  ],
  [
    'cancel_running ends whatever there is',
    'cancel_running',
    [running('run_a'), waiting('run_b')],
    'accept -run_a -run_b',
  ],
  ['allow looks at nothing', 'allow', [running('run_a'), ...full], 'accept'],
];
test.each(table)('%s', (_title, policy, unfinished, expected) => {
  expect(answer(policy, unfinished)).toBe(expected);
});

test('who is ended knows in favour of whom', () => {
  const verdict = resolveOverlap({ policy: 'cancel_running', unfinished: [running('run_a')], newRunId: 'run_new' });
  expect(verdict.accept && verdict.cancellations).toEqual([
    {
      run_id: 'run_a',
      reason: 'overlap',
      error: 'ended in favour of the newer run run_new (overlap: cancel_running)',
      actor: 'overlap:run_new',
    },
  ]);
});

test('only allow lets two runs of one automation work side by side', () => {
  expect(isExclusive('allow')).toBe(false);
  expect((['skip', 'queue', 'queue_all', 'cancel_running'] as const).every(isExclusive)).toBe(true);
});
