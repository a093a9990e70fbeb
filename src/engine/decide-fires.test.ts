import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatInstant, parseInstant } from '../model/instant.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { DstRule } from '../model/schedule/schedule-spec.ts';
import type { AcceptanceFacts } from '../store/acceptance.ts';
import type { FireDecision } from '../store/cursor-store.ts';
import type { Cursor } from '../store/cursor.ts';
import { NO_SPENDING } from './budget.ts';
import type { DailyBudget } from './budget.ts';
import { decideFires } from './decide-fires.ts';
import { createPlaceCursor, scheduleOf } from './place-cursor.ts';
import { testJob } from './testing/test-job.ts';

const place = createPlaceCursor({ timezone: () => 'UTC', daily: () => ({ tokens: null, costUsd: null }) });

function at(text: string): EpochMs {
  const read = parseInstant(text);
  if (!read.ok) throw new Error(read.problem.message);
  return read.epochMs;
}

const start = at('2026-11-22T09:00:00Z');
const minute = 60_000;

function cursorFrom(job: Job, now: EpochMs): Cursor {
  return place({ job, previous: undefined, cursor: undefined, now }).cursor;
}

function decide(p: {
  job: Job;
  cursor?: Cursor;
  now: EpochMs;
  unfinished?: { id: string; status: 'scheduled' | 'running'; attempt?: number }[];
  accepted?: EpochMs[];
  facts?: Partial<AcceptanceFacts>;
  daily?: DailyBudget;
}): FireDecision {
  const cursor = p.cursor ?? cursorFrom(p.job, start);
  const unfinished = (p.unfinished ?? []).map((run) => ({
    created_at: start,
    kind: 'schedule' as const,
    attempt: 1,
    ...run,
  }));
  return decideFires({
    due: {
      job: p.job,
      cursor,
      facts: { unfinished, accepted: p.accepted ?? [], spent: NO_SPENDING, spent_today: NO_SPENDING, ...p.facts },
    },
    schedule: scheduleOf({ job: p.job, anchorAt: cursor.anchor_at ?? start, timezone: 'UTC' }),
    now: p.now,
    settings: { catchUpSpreadMs: 30_000, daily: p.daily ?? { tokens: null, costUsd: null } },
  });
}

/** What a person would read off the rows: `09:01 scheduled`, `09:01..09:05 (5) misfire`. */
function story(decision: FireDecision): string[] {
  const clock = (ms: EpochMs): string => formatInstant(ms).slice(11, 16);
  return decision.runs.map((run) => {
    const when = run.missed
      ? `${clock(run.missed.first)}..${clock(run.missed.last)} (${run.missed.count})`
      : clock(run.scheduled_at ?? 0);
    return `${when} ${run.reason ?? run.status}`;
  });
}

const every1m = { mode: 'every', interval: '1m' } as const;

describe('an instant that is due on time', () => {
  test('creates one run and moves the cursor to the next instant of the grid', () => {
    const decision = decide({ job: testJob({ schedule: every1m }), now: start + minute });
    expect(story(decision)).toEqual(['09:01 scheduled']);
    expect(decision.cursor.next_run_at).toBe(start + 2 * minute);
    expect(decision.cursor.last_scheduled_at).toBe(start + minute);
    expect(decision.runs[0]).toMatchObject({ attempt: 1, kind: 'schedule', exclusive: true, catch_up: false });
  });

  test('is decided again with the same identity, whoever asks', () => {
    const job = testJob({ schedule: every1m });
    const [first] = decide({ job, now: start + minute }).runs;
    const [second] = decide({ job, now: start + minute + 5_000 }).runs;
    expect(second?.fire_id).toBe(first?.fire_id);
    expect(second?.id).toBe(first?.id);
  });

  test('creates nothing while the clock stands before it', () => {
    const decision = decide({ job: testJob({ schedule: every1m }), now: start - minute });
    expect(decision.runs).toEqual([]);
    expect(decision.cursor.next_run_at).toBe(start + minute);
  });

  test('a one-shot is spent afterwards', () => {
    const job = testJob({ schedule: { mode: 'at', time: '2026-11-22T09:00:03Z' } });
    const decision = decide({ job, now: start + 3000 });
    expect(story(decision)).toEqual(['09:00 scheduled']);
    expect(decision.cursor.next_run_at).toBeUndefined();
    expect(decision.cursor.due_at).toBeUndefined();
  });
});

describe('instants missed', () => {
  const late = (catch_up_policy: 'skip_missed' | 'coalesce' | 'replay', more = {}): Job =>
    testJob({ schedule: { ...every1m, catch_up_policy, ...more }, overlap: 'allow' });
  const sixLate = start + 6 * minute + 10_000;
  const table: [string, Job, EpochMs, string[]][] = [
    [
      'skip_missed runs the newest inside its grace',
      late('skip_missed'),
      sixLate,
      ['09:01..09:05 (5) misfire', '09:06 scheduled'],
    ],
    [
      'skip_missed runs nothing beyond its grace',
      late('skip_missed', { misfire_grace_seconds: 5 }),
      sixLate,
      ['09:01..09:06 (6) misfire'],
    ],
    [
      'coalesce runs the newest, however late',
      late('coalesce', { misfire_grace_seconds: 5 }),
      sixLate,
      ['09:01..09:05 (5) misfire', '09:06 scheduled'],
    ],
    [
      'replay runs all, oldest first',
      late('replay'),
      start + 3 * minute,
      ['09:01 scheduled', '09:02 scheduled', '09:03 scheduled'],
    ],
    [
      'replay runs the newest catch_up_max',
      late('replay', { catch_up_max: 2 }),
      sixLate,
      ['09:01..09:04 (4) misfire', '09:05 scheduled', '09:06 scheduled'],
    ],
    [
      'catch_up_window bounds lateness',
      late('replay', { catch_up_window: '90s' }),
      sixLate,
      ['09:01..09:04 (4) misfire', '09:05 scheduled', '09:06 scheduled'],
    ],
    [
      'catch_up_window binds coalesce too',
      late('coalesce', { catch_up_window: '5s' }),
      sixLate,
      ['09:01..09:06 (6) misfire'],
    ],
  ];
  test.each(table)('%s', (_title, job, now, rows) => {
    const decision = decide({ job, now });
    expect(story(decision)).toEqual(rows);
    expect(decision.cursor.next_run_at).toBe(start + (Math.floor((now - start) / minute) + 1) * minute);
  });

  test('the misfire count grows by the number of instants', () => {
    const decision = decide({ job: late('skip_missed'), now: sixLate });
    expect(decision.cursor.misfire_count).toBe(5);
    expect(decision.cursor.last_misfire_at).toBe(sixLate);
  });

  test('100,000 missed instants take one row and little time', () => {
    const job = late('coalesce');
    const startedAt = performance.now();
    const decision = decide({ job, now: start + 100_001 * minute });
    expect(decision.runs).toHaveLength(2);
    expect(decision.runs[0]?.missed?.count).toBe(100_000);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  test('a start beyond the grace is spread and stands behind live ones, one within it is neither', () => {
    const beyond = decide({ job: late('coalesce', { misfire_grace_seconds: 1 }), now: sixLate }).runs.at(-1)!;
    expect(beyond.catch_up).toBe(true);
    expect(beyond.available_at).toBeGreaterThanOrEqual(sixLate);
    expect(beyond.available_at).toBeLessThan(sixLate + 30_000);
    const within = decide({ job: late('coalesce'), now: sixLate }).runs.at(-1)!;
    expect(within).toMatchObject({ catch_up: false, available_at: sixLate });
  });

  test('a one-shot in the past is decided by its policy', () => {
    const once = (catch_up_policy: 'skip_missed' | 'coalesce'): Job =>
      testJob({ schedule: { mode: 'at', time: '2026-11-22T08:00:00Z', catch_up_policy } });
    expect(story(decide({ job: once('skip_missed'), now: start }))).toEqual(['08:00..08:00 (1) misfire']);
    expect(story(decide({ job: once('coalesce'), now: start }))).toEqual(['08:00 scheduled']);
  });
});

describe('overlap with an unfinished run', () => {
  const job = (overlap: Job['overlap']): Job => testJob({ schedule: every1m, ...(overlap ? { overlap } : {}) });
  const running = [{ id: 'run_a', status: 'running' as const }];
  const now = start + minute;

  test('skip, the default, leaves a row that names the active run', () => {
    const decision = decide({ job: job(undefined), now, unfinished: running });
    expect(story(decision)).toEqual(['09:01 overlap']);
    expect(decision.runs[0]?.error).toContain('run_a');
    expect(decision.cursor.last_run_at).toBeUndefined();
  });

  test('queue keeps the newest waiting one', () => {
    const unfinished = [...running, { id: 'run_b', status: 'scheduled' as const }];
    const decision = decide({ job: job('queue'), now, unfinished });
    expect(story(decision)).toEqual(['09:01 scheduled']);
    expect(decision.cancellations.map((each) => each.run_id)).toEqual(['run_b']);
  });

  test('queue never gives up a waiting retry', () => {
    const unfinished = [{ id: 'run_b', status: 'scheduled' as const, attempt: 2 }];
    expect(decide({ job: job('queue'), now, unfinished }).cancellations).toEqual([]);
  });

  test('queue_all queues up to its bound', () => {
    const full = Array.from({ length: 100 }, (_, i) => ({ id: `run_${i}`, status: 'scheduled' as const }));
    expect(story(decide({ job: job('queue_all'), now, unfinished: full.slice(1) }))).toEqual(['09:01 scheduled']);
    expect(story(decide({ job: job('queue_all'), now, unfinished: full }))).toEqual(['09:01 overlap']);
  });

  test('cancel_running ends what runs and what waits', () => {
    const unfinished = [...running, { id: 'run_b', status: 'scheduled' as const }];
    const decision = decide({ job: job('cancel_running'), now, unfinished });
    expect(decision.cancellations.map((each) => [each.run_id, each.reason])).toEqual([
      ['run_a', 'overlap'],
      ['run_b', 'overlap'],
    ]);
    expect(story(decision)).toEqual(['09:01 scheduled']);
  });

  test('allow lets them run side by side', () => {
    expect(decide({ job: job('allow'), now, unfinished: running }).runs[0]?.exclusive).toBe(false);
  });

  test('a replay under queue runs only its newest instant and says so of the others', () => {
    const replay = testJob({ schedule: { ...every1m, catch_up_policy: 'replay' }, overlap: 'queue' });
    const decision = decide({ job: replay, now: start + 3 * minute });
    expect(story(decision)).toEqual(['09:01 overlap', '09:02 overlap', '09:03 scheduled']);
    expect(decision.cancellations).toEqual([]);
  });
});

describe('the rolling fire limit', () => {
  const job = testJob({ schedule: every1m, overlap: 'allow', fire_limit: { max: 2, window: '10m' } });

  test('leaves one row for every instant until a run is possible again, and the grid stays', () => {
    const accepted = [start - 3 * minute, start - minute];
    const decision = decide({ job, now: start + minute, accepted });
    expect(story(decision)).toEqual(['09:01..09:06 (6) fire_limit']);
    expect(decision.runs[0]?.error).toContain('2026-11-22T09:07:00.000Z');
    expect(decision.cursor.next_run_at).toBe(start + 7 * minute);
  });

  test('counts what this very decision accepted', () => {
    const replay = testJob({
      schedule: { ...every1m, catch_up_policy: 'replay' },
      overlap: 'allow',
      fire_limit: { max: 2, window: '10m' },
    });
    const decision = decide({ job: replay, now: start + 4 * minute });
    expect(story(decision)).toEqual(['09:01 scheduled', '09:02 scheduled', '09:03..09:13 (11) fire_limit']);
    expect(decision.cursor.next_run_at).toBe(start + 14 * minute);
  });

  test('a run accepted exactly a window ago no longer counts', () => {
    const accepted = [start + minute - 10 * minute, start];
    expect(story(decide({ job, now: start + minute, accepted }))).toEqual(['09:01 scheduled']);
  });
});

describe('budgets', () => {
  const job = testJob({ schedule: every1m, overlap: 'allow', budget: { tokens: 1000, window: '1h' } });

  test('a used-up window leaves one row until enough of it has passed', () => {
    const facts = { spent: { tokens: 1000, cost_usd: 0 }, spent_free_at: start + 3 * minute };
    const decision = decide({ job, now: start + minute, facts });
    expect(story(decision)).toEqual(['09:01..09:02 (2) budget']);
    expect(decision.runs[0]?.error).toContain('1000 of 1000');
    expect(decision.cursor.next_run_at).toBe(start + 3 * minute);
  });

  test('below the limit nothing stands in the way', () => {
    const facts = { spent: { tokens: 999, cost_usd: 5 } };
    expect(story(decide({ job, now: start + minute, facts }))).toEqual(['09:01 scheduled']);
  });

  test("the day's budget frees again at midnight UTC", () => {
    const decision = decide({
      job,
      now: start + minute,
      facts: { spent_today: { tokens: 0, cost_usd: 2.5 } },
      daily: { tokens: null, costUsd: 2 },
    });
    expect(decision.cursor.next_run_at).toBe(at('2026-11-23T00:00:00Z'));
    expect(decision.runs[0]).toMatchObject({ reason: 'budget', status: 'canceled' });
  });
});

describe('jitter', () => {
  const job = testJob({ schedule: { ...every1m, jitter: '50s' }, overlap: 'allow' });

  test('moves the start, never the scheduled instant', () => {
    const cursor = cursorFrom(job, start);
    const delayMs = cursor.due_at! - cursor.next_run_at!;
    expect(delayMs).toBeGreaterThanOrEqual(0);
    expect(delayMs).toBeLessThan(50_000);
    expect(decide({ job, cursor, now: cursor.due_at! - 1 }).runs).toEqual([]);
    const decision = decide({ job, cursor, now: cursor.due_at! });
    expect(decision.runs[0]?.scheduled_at).toBe(start + minute);
  });
});

describe('across the days on which clocks change', () => {
  /** Ticks every 30 minutes from `from` to `to` and says which wall times ran, with their offsets. */
  function ticked(p: { expr: string; zone: string; from: string; to: string; dst?: DstRule }): string[] {
    const job = testJob({
      schedule: {
        mode: 'cron',
        expr: p.expr,
        timezone: p.zone,
        // As far apart as the ticks: none of them is late by its own fault.
        misfire_grace_seconds: 1800,
        ...(p.dst === undefined ? {} : { dst: p.dst }),
      },
      overlap: 'allow',
      fire_limit: { max: 1_000_000, window: '1h' },
    });
    const compiled = scheduleOf({ job, anchorAt: at(p.from), timezone: 'UTC' });
    let cursor = cursorFrom(job, at(p.from));
    const ran: string[] = [];
    for (let now = at(p.from); now <= at(p.to); now += 30 * minute) {
      if ((cursor.due_at ?? Number.POSITIVE_INFINITY) > now) continue;
      const decision = decideFires({
        due: { job, cursor, facts: { unfinished: [], accepted: [], spent: NO_SPENDING, spent_today: NO_SPENDING } },
        schedule: compiled,
        now,
        settings: { catchUpSpreadMs: 0, daily: { tokens: null, costUsd: null } },
      });
      cursor = decision.cursor;
      for (const run of decision.runs) {
        expect(run.status).toBe('scheduled');
        const wall = Temporal.Instant.fromEpochMilliseconds(run.scheduled_at!).toZonedDateTimeISO(p.zone);
        ran.push(wall.toString({ timeZoneName: 'never', smallestUnit: 'minute' }));
      }
    }
    return ran;
  }

  const table: [string, Parameters<typeof ticked>[0], string[]][] = [
    [
      'New York, spring: 02:30 does not exist and runs when the gap ends',
      { expr: '30 2 * * *', zone: 'America/New_York', from: '2027-03-13T00:00:00Z', to: '2027-03-16T00:00:00Z' },
      ['2027-03-13T02:30-05:00', '2027-03-14T03:00-04:00', '2027-03-15T02:30-04:00'],
    ],
    [
      'New York, spring, where the gap is to be skipped',
      {
        expr: '30 2 * * *',
        zone: 'America/New_York',
        from: '2027-03-13T00:00:00Z',
        to: '2027-03-16T00:00:00Z',
        dst: { gap: 'skip' },
      },
      ['2027-03-13T02:30-05:00', '2027-03-15T02:30-04:00'],
    ],
    [
      'New York, autumn: 01:30 happens twice and runs at the first',
      { expr: '30 1 * * *', zone: 'America/New_York', from: '2027-11-06T00:00:00Z', to: '2027-11-09T00:00:00Z' },
      ['2027-11-06T01:30-04:00', '2027-11-07T01:30-04:00', '2027-11-08T01:30-05:00'],
    ],
    [
      'New York, autumn, where both are wanted',
      {
        expr: '30 1 * * *',
        zone: 'America/New_York',
        from: '2027-11-06T00:00:00Z',
        to: '2027-11-09T00:00:00Z',
        dst: { overlap: 'both' },
      },
      ['2027-11-06T01:30-04:00', '2027-11-07T01:30-04:00', '2027-11-07T01:30-05:00', '2027-11-08T01:30-05:00'],
    ],
    [
      'Paris, spring and back: nine o’clock stays nine o’clock',
      { expr: '0 9 * * *', zone: 'Europe/Paris', from: '2027-03-27T00:00:00Z', to: '2027-03-30T00:00:00Z' },
      ['2027-03-27T09:00+01:00', '2027-03-28T09:00+02:00', '2027-03-29T09:00+02:00'],
    ],
    [
      'Lord Howe moves by half an hour: 02:15 does not exist and runs at 02:30',
      { expr: '15 2 * * *', zone: 'Australia/Lord_Howe', from: '2027-10-01T15:00:00Z', to: '2027-10-03T20:00:00Z' },
      ['2027-10-02T02:15+10:30', '2027-10-03T02:30+11:00', '2027-10-04T02:15+11:00'],
    ],
    [
      'Apia had no 30 December 2011: what was due then runs when the day after begins',
      { expr: '0 9 * * *', zone: 'Pacific/Apia', from: '2011-12-28T12:00:00Z', to: '2012-01-01T00:00:00Z' },
      [
        '2011-12-28T09:00-10:00',
        '2011-12-29T09:00-10:00',
        '2011-12-31T00:00+14:00',
        '2011-12-31T09:00+14:00',
        '2012-01-01T09:00+14:00',
      ],
    ],
    [
      'an hour wildcard keeps its cadence through the gap',
      { expr: '0 * * * *', zone: 'Europe/Paris', from: '2027-03-28T00:00:00Z', to: '2027-03-28T03:00:00Z' },
      ['2027-03-28T03:00+02:00', '2027-03-28T04:00+02:00', '2027-03-28T05:00+02:00'],
    ],
  ];
  test.each(table)('%s', (_title, p, walls) => {
    expect(ticked(p)).toEqual(walls);
  });

  test.each(['America/New_York', 'Europe/Paris', 'Australia/Lord_Howe'])(
    'a daily job in %s runs once on every day of four years',
    (zone) => {
      const ran = ticked({ expr: '30 2 * * *', zone, from: '2026-01-01T00:00:00Z', to: '2030-01-01T00:00:00Z' });
      const days = new Set(ran.map((wall) => wall.slice(0, 10)));
      expect(ran).toHaveLength(days.size);
      expect(days.size).toBeGreaterThanOrEqual(1461);
    },
  );
});

describe('the end of a schedule', () => {
  test('end_at is the last instant that may fire; the job is spent afterwards', () => {
    const job = testJob({ schedule: { ...every1m, end_at: '2026-11-22T09:02:00Z' }, overlap: 'allow' });
    const first = decide({ job, now: start + minute });
    expect(story(first)).toEqual(['09:01 scheduled']);
    const second = decide({ job, cursor: first.cursor, now: start + 2 * minute });
    expect(story(second)).toEqual(['09:02 scheduled']);
    expect(second.cursor.next_run_at).toBeUndefined();
    expect(second.cursor.due_at).toBeUndefined();
  });

  test('nothing after end_at is missed, however late the tick', () => {
    const job = testJob({ schedule: { ...every1m, end_at: '2026-11-22T09:02:00Z', catch_up_policy: 'coalesce' } });
    expect(story(decide({ job, now: start + 600 * minute }))).toEqual(['09:01..09:01 (1) misfire', '09:02 scheduled']);
  });

  test('a limit beyond end_at covers only instants that exist, and the job is spent', () => {
    const job = testJob({
      schedule: { ...every1m, end_at: '2026-11-22T09:03:00Z' },
      overlap: 'allow',
      fire_limit: { max: 1, window: '10m' },
    });
    const decision = decide({ job, now: start + minute, accepted: [start] });
    expect(story(decision)).toEqual(['09:01..09:03 (3) fire_limit']);
    expect(decision.runs[0]?.error).toBe(
      'one run within 10m was accepted already; the next run is possible at 2026-11-22T09:10:00.000Z',
    );
    expect(decision.cursor.next_run_at).toBeUndefined();
  });
});

test('whatever the policy and however long the downtime, every due instant is in exactly one row', () => {
  fc.assert(
    fc.property(
      fc.record({
        policy: fc.constantFrom('skip_missed' as const, 'coalesce' as const, 'replay' as const),
        overlap: fc.constantFrom(
          'skip' as const,
          'queue' as const,
          'queue_all' as const,
          'cancel_running' as const,
          'allow' as const,
        ),
        catchUpMax: fc.integer({ min: 1, max: 20 }),
        windowS: fc.option(fc.integer({ min: 1, max: 4000 }), { nil: undefined }),
        jitterS: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
        max: fc.integer({ min: 1, max: 10 }),
        ticks: fc.array(fc.integer({ min: 1, max: 7200 }), { minLength: 1, maxLength: 12 }),
      }),
      (p) => {
        const job = testJob({
          schedule: {
            ...every1m,
            catch_up_policy: p.policy,
            catch_up_max: p.catchUpMax,
            ...(p.windowS === undefined ? {} : { catch_up_window: `${p.windowS}s` }),
            ...(p.jitterS === undefined ? {} : { jitter: `${p.jitterS}s` }),
          },
          overlap: p.overlap,
          fire_limit: { max: p.max, window: '30m' },
        });
        let cursor = cursorFrom(job, start);
        let now = start;
        const accepted: EpochMs[] = [];
        const covered: EpochMs[] = [];
        for (const tick of p.ticks) {
          now += tick * 1000;
          const recent = accepted.filter((each) => each > now - 30 * minute).slice(-p.max);
          const decision = decide({ job, cursor, now, accepted: recent });
          cursor = decision.cursor;
          for (const run of decision.runs) {
            const count = run.missed?.count ?? 1;
            for (let k = 0; k < count; k += 1) covered.push((run.missed?.first ?? run.scheduled_at!) + k * minute);
            if (run.status === 'scheduled') accepted.push(run.accepted_at);
          }
          expect(accepted.filter((each) => each > now - 30 * minute).length).toBeLessThanOrEqual(p.max);
        }
        const expected = covered.map((_, k) => start + (k + 1) * minute);
        expect(covered).toEqual(expected);
        expect(cursor.next_run_at).toBe(start + (covered.length + 1) * minute);
        expect(cursor.due_at).toBeGreaterThan(now);
      },
    ),
    { numRuns: 300 },
  );
});
