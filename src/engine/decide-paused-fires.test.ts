import { describe, expect, test } from 'vitest';
import { formatInstant } from '../model/instant.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Cursor } from '../store/cursor.ts';
import { NO_SPENDING } from './budget.ts';
import { decidePausedFires } from './decide-paused-fires.ts';
import { createPlaceCursor, scheduleOf } from './place-cursor.ts';
import { NOON } from './testing/houses.ts';
import { testJob } from './testing/test-job.ts';

const MINUTE = 60_000;

function settle(p: { job?: Job; cursor?: Cursor; now: EpochMs; pausedSince: EpochMs }) {
  const job = p.job ?? testJob({ schedule: { mode: 'every', interval: '1m' } });
  const place = createPlaceCursor({ timezone: () => 'UTC', daily: () => ({ tokens: null, costUsd: null }) });
  const cursor = p.cursor ?? place({ job, previous: undefined, cursor: undefined, now: NOON }).cursor;
  return decidePausedFires({
    due: { job, cursor, facts: { unfinished: [], accepted: [], spent: NO_SPENDING, spent_today: NO_SPENDING } },
    schedule: scheduleOf({ job, anchorAt: cursor.anchor_at ?? NOON, timezone: 'UTC' }),
    now: p.now,
    pausedSince: p.pausedSince,
  });
}

const clock = (ms: EpochMs): string => formatInstant(ms).slice(11, 16);

/** `12:01..12:04 (4) paused`. */
function story(decision: ReturnType<typeof settle>): string[] {
  return decision.runs.map(
    ({ missed, reason }) => `${clock(missed!.first)}..${clock(missed!.last)} (${missed!.count}) ${reason}`,
  );
}

describe('instants that came due while everything was paused', () => {
  const table: [string, EpochMs, EpochMs, string[]][] = [
    ['leave one row, whatever their number', NOON, NOON + 5 * MINUTE, ['12:01..12:05 (5) paused']],
    [
      'are told apart from those that were due before',
      NOON + 3 * MINUTE,
      NOON + 5 * MINUTE,
      ['12:01..12:02 (2) misfire', '12:03..12:05 (3) paused'],
    ],
    [
      'an instant at the very beginning of the pause was paused',
      NOON + MINUTE,
      NOON + MINUTE,
      ['12:01..12:01 (1) paused'],
    ],
    [
      'a pause that began after all of them missed them all',
      NOON + 9 * MINUTE,
      NOON + 5 * MINUTE,
      ['12:01..12:05 (5) misfire'],
    ],
    ['none: no row', NOON, NOON + 30_000, []],
  ];
  test.each(table)('%s', (_title, pausedSince, now, rows) => {
    expect(story(settle({ pausedSince, now }))).toEqual(rows);
  });

  test('the cursor goes on along its grid, and nothing is ever started', () => {
    const decision = settle({ pausedSince: NOON, now: NOON + 5 * MINUTE + 1 });
    expect(decision.cursor).toMatchObject({
      next_run_at: NOON + 6 * MINUTE,
      due_at: NOON + 6 * MINUTE,
      last_scheduled_at: NOON + 5 * MINUTE,
      misfire_count: 5,
    });
    expect(decision.runs.every((run) => run.status === 'canceled')).toBe(true);
    expect(decision.cancellations).toEqual([]);
  });

  test('settling again does nothing: a crash in between costs nothing', () => {
    const { cursor } = settle({ pausedSince: NOON, now: NOON + 5 * MINUTE });
    const again = settle({ cursor, pausedSince: NOON, now: NOON + 5 * MINUTE });
    expect(again.runs).toEqual([]);
    expect(again.cursor).toMatchObject({ next_run_at: NOON + 6 * MINUTE, misfire_count: 5 });
  });

  test('a one-shot that came due is spent, with a row that says why', () => {
    const job = testJob({ schedule: { mode: 'at', time: '2026-11-22T12:03:00Z' } });
    const decision = settle({ job, pausedSince: NOON, now: NOON + 5 * MINUTE });
    expect(story(decision)).toEqual(['12:03..12:03 (1) paused']);
    expect(decision.cursor.due_at).toBeUndefined();
  });

  test('sentences', () => {
    const errors = settle({ pausedSince: NOON + 2 * MINUTE, now: NOON + 5 * MINUTE }).runs.map((run) => run.error);
    expect(errors).toEqual([
      'one instant was due before the pause and not decided by then',
      '4 instants were due while everything was paused, since 2026-11-22T12:02:00.000Z',
    ]);
  });
});
