import { describe, expect, test } from 'vitest';
import { formatInstant } from '../model/instant.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Cursor } from '../store/cursor.ts';
import { scheduleHash } from '../model/schedule/schedule-hash.ts';
import { limitsDigest } from './limits-digest.ts';
import { createPlaceCursor, parkedCursor } from './place-cursor.ts';
import { NOON } from './testing/houses.ts';
import { testJob } from './testing/test-job.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NO_DAILY = { tokens: null, costUsd: null };

function place(p: {
  job: Job;
  previous?: Job;
  cursor?: Cursor;
  now: EpochMs;
  timezone?: string;
  formerTimezone?: string;
}) {
  const placeCursor = createPlaceCursor({
    timezone: () => p.timezone ?? 'UTC',
    formerTimezone: () => p.formerTimezone,
    daily: () => NO_DAILY,
  });
  return placeCursor({ job: p.job, previous: p.previous, cursor: p.cursor, now: p.now });
}

function born(job: Job, now = NOON): Cursor {
  return place({ job, now }).cursor;
}

const every1h = { mode: 'every', interval: '1h' } as const;
const job = testJob({ schedule: every1h });
const daily = testJob({ schedule: { mode: 'cron', expr: '0 9 * * *' } });
const time = (at: EpochMs | undefined): string | undefined => (at === undefined ? undefined : formatInstant(at));

describe('a new job', () => {
  test('stands on its first instant, and the grid begins when it was enabled', () => {
    expect(born(job)).toMatchObject({
      next_run_at: NOON + HOUR,
      due_at: NOON + HOUR,
      anchor_at: NOON,
      misfire_count: 0,
    });
  });

  test('that is disabled is never due and has no grid yet', () => {
    const cursor = born(testJob({ schedule: every1h, enabled: false }));
    expect(cursor.due_at).toBeUndefined();
    expect(cursor.anchor_at).toBeUndefined();
  });

  test('with an `at` in the past (out of a file) is due at once, and its policy decides', () => {
    const past = testJob({ schedule: { mode: 'at', time: '2026-11-01T00:00:00Z' } });
    expect(time(born(past).due_at)).toBe('2026-11-01T00:00:00.000Z');
  });

  test('whose last instant has passed is spent', () => {
    const ended = testJob({ schedule: { mode: 'cron', expr: '0 9 * * *', end_at: '2026-11-22T09:00:00Z' } });
    expect(born(ended).next_run_at).toBeUndefined();
  });

  test('with jitter is due later than its instant, by less than the jitter', () => {
    const cursor = born(testJob({ schedule: { ...every1h, jitter: '10m' } }));
    expect(cursor.next_run_at).toBe(NOON + HOUR);
    expect(cursor.due_at! - cursor.next_run_at!).toBeLessThan(10 * MINUTE);
  });
});

describe('an edit', () => {
  const due = NOON + HOUR + MINUTE;

  test('of the prompt while an instant is due keeps the instant', () => {
    const placed = place({ job: { ...job, prompt: 'Other.' }, previous: job, cursor: born(job), now: due });
    expect(placed.cursor.next_run_at).toBe(NOON + HOUR);
    expect(placed.runs).toEqual([]);
  });

  test('of the spelling of the schedule (1h, 60m) keeps the instant', () => {
    const respelled = testJob({ schedule: { mode: 'every', interval: '60m' } });
    expect(place({ job: respelled, previous: job, cursor: born(job), now: due }).cursor.next_run_at).toBe(NOON + HOUR);
  });

  test('of the policy on missed fires keeps the instant and takes effect', () => {
    const patient = testJob({ schedule: { ...every1h, misfire_grace_seconds: 7, catch_up_policy: 'coalesce' } });
    const { cursor } = place({ job: patient, previous: job, cursor: born(job), now: due });
    expect(cursor).toMatchObject({ next_run_at: NOON + HOUR, misfire_grace_seconds: 7, catch_up_policy: 'coalesce' });
  });

  test('of the interval keeps the anchor: the new grid has the old beginning', () => {
    const faster = testJob({ schedule: { mode: 'every', interval: '25m' } });
    const { cursor } = place({ job: faster, previous: job, cursor: born(job), now: NOON + 30 * MINUTE });
    expect(cursor).toMatchObject({ next_run_at: NOON + 50 * MINUTE, anchor_at: NOON });
  });

  test('of the schedule leaves one row for the instants that were due and undecided', () => {
    const cursor = born(job);
    const placed = place({ job: daily, previous: job, cursor, now: NOON + 3 * HOUR + MINUTE });
    expect(placed.runs).toHaveLength(1);
    expect(placed.runs[0]).toMatchObject({
      status: 'canceled',
      reason: 'misfire',
      missed: { count: 3, first: NOON + HOUR, last: NOON + 3 * HOUR },
      error: '3 instants were due and not yet started when the job was changed',
    });
    expect(placed.cursor.misfire_count).toBe(3);
    expect(time(placed.cursor.next_run_at)).toBe('2026-11-23T09:00:00.000Z');
  });

  test('of the schedule before anything is due leaves no row', () => {
    expect(place({ job: daily, previous: job, cursor: born(job), now: NOON + MINUTE }).runs).toEqual([]);
  });

  test('of a one-shot that has run gives it its new instant', () => {
    const once = testJob({ schedule: { mode: 'at', time: '2026-11-22T13:00:00Z' } });
    const { next_run_at: _next, due_at: _due, ...spent } = born(once);
    const again = testJob({ schedule: { mode: 'at', time: '2026-11-22T18:00:00Z' } });
    const { cursor } = place({ job: again, previous: once, cursor: spent, now: due });
    expect(time(cursor.due_at)).toBe('2026-11-22T18:00:00.000Z');
    expect(place({ job: { ...once, prompt: 'x' }, previous: once, cursor: spent, now: due }).cursor.due_at).toBe(
      undefined,
    );
  });
});

describe('the switch', () => {
  const off = { ...job, enabled: false };

  test('off leaves nothing due, and one row for what was', () => {
    const placed = place({ job: off, previous: job, cursor: born(job), now: NOON + HOUR + 1 });
    expect(placed.cursor.due_at).toBeUndefined();
    expect(placed.runs).toMatchObject([{ missed: { count: 1, first: NOON + HOUR, last: NOON + HOUR } }]);
    expect(placed.runs[0]?.error).toBe('one instant was due and not yet started when the job was changed');
  });

  test('off and on again goes on along the same grid, and what passed meanwhile leaves no row', () => {
    const { cursor } = place({ job: off, previous: job, cursor: born(job), now: NOON + 10 * MINUTE });
    const placed = place({ job, previous: off, cursor, now: NOON + 5 * HOUR + 20 * MINUTE });
    expect(placed.cursor.next_run_at).toBe(NOON + 6 * HOUR);
    expect(placed.runs).toEqual([]);
  });

  test('on, of a one-shot whose instant passed meanwhile, leaves it spent', () => {
    const once = testJob({ schedule: { mode: 'at', time: '2026-11-22T13:00:00Z' } });
    const { cursor } = place({ job: { ...once, enabled: false }, previous: once, cursor: born(once), now: NOON + 1 });
    expect(
      place({ job: once, previous: { ...once, enabled: false }, cursor, now: NOON + 2 * HOUR }).cursor.due_at,
    ).toBe(undefined);
  });
});

describe('the default zone', () => {
  test('moves the instants of a cron that names none', () => {
    const { cursor } = place({ job: daily, previous: daily, cursor: born(daily), now: NOON, timezone: 'Europe/Paris' });
    expect(time(cursor.next_run_at)).toBe('2026-11-23T08:00:00.000Z');
  });

  test('leaves `every` and a cron with a zone of its own alone', () => {
    const paris = testJob({ schedule: { mode: 'cron', expr: '0 9 * * *', timezone: 'Europe/Paris' } });
    for (const unmoved of [job, paris]) {
      const cursor = born(unmoved);
      const placed = place({ job: unmoved, previous: unmoved, cursor, now: NOON + MINUTE, timezone: 'Asia/Tokyo' });
      expect(placed.cursor.next_run_at).toBe(cursor.next_run_at);
    }
  });

  test('changed after a downtime: the instant that nobody decided keeps its row', () => {
    const cursor = born(daily, NOON - 24 * HOUR);
    expect(time(cursor.next_run_at)).toBe('2026-11-22T09:00:00.000Z');
    const now = Date.parse('2026-11-22T09:30:00Z');
    const placed = place({ job: daily, previous: daily, cursor, now, timezone: 'Europe/Paris' });
    expect(placed.runs).toMatchObject([{ missed: { count: 1, first: cursor.next_run_at } }]);
    expect(placed.cursor.misfire_count).toBe(1);
  });

  test('changed during a downtime: all instants that nobody decided are in the row', () => {
    const now = Date.parse('2026-11-22T09:30:00Z');
    const cursor = born(daily, now - 72 * HOUR);
    const zones = { timezone: 'Europe/Paris', formerTimezone: 'UTC' };
    const placed = place({ job: daily, previous: daily, cursor, now, ...zones });
    expect(placed.runs).toMatchObject([{ missed: { count: 3, first: cursor.next_run_at } }]);
    expect(time(placed.cursor.next_run_at)).toBe('2026-11-23T08:00:00.000Z');
  });
});

describe('instants that are accounted for already', () => {
  const twentyMinutes = testJob({ schedule: { mode: 'every', interval: '20m' } });
  const decided: Cursor = { ...born(job), accounted_until: NOON + 5 * HOUR, next_run_at: NOON + 6 * HOUR };

  test('are not promised anew by an edit after the clock went back', () => {
    const { cursor } = place({ job: twentyMinutes, previous: job, cursor: decided, now: NOON + 2 * HOUR });
    expect(cursor.next_run_at).toBe(NOON + 5 * HOUR + 20 * MINUTE);
  });

  test('nor by a switch off and on', () => {
    const off = place({ job: { ...job, enabled: false }, previous: job, cursor: decided, now: NOON + 2 * HOUR });
    const on = place({ job, previous: { ...job, enabled: false }, cursor: off.cursor, now: NOON + 2 * HOUR });
    expect(on.cursor.next_run_at).toBe(NOON + 6 * HOUR);
  });

  test('hold nothing up when the clock had been wrong by more than a day', () => {
    const wrong: Cursor = { ...born(job), accounted_until: NOON + 9000 * HOUR, next_run_at: NOON + 9001 * HOUR };
    const { cursor, runs } = place({ job, previous: job, cursor: wrong, now: NOON + 2 * HOUR });
    expect(cursor).toMatchObject({ next_run_at: NOON + 3 * HOUR, accounted_until: NOON + 2 * HOUR });
    expect(runs).toEqual([]);
  });
});

describe('what the row of a limit covers in advance', () => {
  const now = NOON + HOUR + MINUTE;
  const limited = (limit: Job['fire_limit']): Job => ({ ...job, fire_limit: limit });
  const one = limited({ max: 1, window: '6h' });
  const covered = (of: Job): Cursor => {
    const by = limitsDigest({ job: of, scheduleHash: scheduleHash(every1h, 'UTC'), daily: NO_DAILY });
    return {
      ...born(of),
      accounted_until: NOON + HOUR,
      covered: { until: NOON + 6 * HOUR, by },
      next_run_at: NOON + 7 * HOUR,
    };
  };

  test('stays covered when something else is edited, or the job is switched off and on', () => {
    const renamed = place({ job: { ...one, prompt: 'x' }, previous: one, cursor: covered(one), now });
    expect(renamed.cursor.next_run_at).toBe(NOON + 7 * HOUR);
    const off = place({ job: { ...one, enabled: false }, previous: one, cursor: covered(one), now });
    const on = place({ job: one, previous: { ...one, enabled: false }, cursor: off.cursor, now });
    expect(on.cursor.next_run_at).toBe(NOON + 7 * HOUR);
  });

  test('is decided when it comes once the limit is raised', () => {
    const raised = place({ job: limited({ max: 5, window: '6h' }), previous: one, cursor: covered(one), now });
    expect(raised.cursor.next_run_at).toBe(NOON + 2 * HOUR);
    expect(raised.cursor.covered).toBeUndefined();
  });

  test('says nothing about another schedule, nor after an edit back to its own', () => {
    const away = place({ job: daily, previous: one, cursor: covered(one), now });
    expect(away.cursor.covered).toBeUndefined();
    const back = place({ job: one, previous: daily, cursor: away.cursor, now });
    expect(back.cursor.next_run_at).toBe(NOON + 2 * HOUR);
  });
});

describe('a definition that cannot be scheduled', () => {
  const lost = testJob({ schedule: { mode: 'cron', expr: '0 9 * * *', timezone: 'Mars/Olympus' } });

  test('is parked: not due, with its error, counted', () => {
    const { cursor } = place({ job: lost, previous: job, cursor: born(job), now: NOON });
    expect(cursor.due_at).toBeUndefined();
    expect(cursor.parked_error).toContain('Mars/Olympus');
    expect(cursor.consecutive_resume_failures).toBe(1);
    expect(place({ job: lost, previous: lost, cursor, now: NOON }).cursor.consecutive_resume_failures).toBe(2);
  });

  test('revived goes on where it stood, so that its policy decides what was missed', () => {
    const parked = parkedCursor({ job, cursor: born(job), now: NOON, error: new Error('gone') });
    const { cursor } = place({ job, previous: job, cursor: parked, now: NOON + 5 * HOUR });
    expect(cursor).toMatchObject({ next_run_at: NOON + HOUR, due_at: NOON + HOUR, consecutive_resume_failures: 0 });
    expect(cursor.parked_error).toBeUndefined();
  });

  test('mended while an instant of it is undecided is not parked by what it was', () => {
    const cursor = { ...born(job), schedule_hash: 'another' };
    const placed = place({ job: daily, previous: lost, cursor, now: NOON + 2 * HOUR });
    expect(placed.cursor.parked_error).toBeUndefined();
    expect(placed.runs).toMatchObject([{ missed: { count: 1, first: NOON + HOUR } }]);
  });
});
