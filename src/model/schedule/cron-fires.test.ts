// The daylight saving rule as tables: one line is a zone, an expression, a rule, and the local times of its fires.
import { describe, expect, test } from 'vitest';
import { previewFires } from './describe.ts';
import { nextFires } from './next-fires.ts';
import type { DstRule, ScheduleSpec } from './schedule-spec.ts';

interface Line {
  readonly zone: string;
  readonly expr: string;
  /** A local day; the listing starts with its first instant. */
  readonly day: string;
  readonly dst?: DstRule;
  /** `01:30-04:00`, or with the day where it is another one: `31T00:00+14:00`. */
  readonly want: readonly string[];
}

/** The fires from the start of a day on, as many as are wanted and one more to see that the day ends there. */
function check({ zone, expr, day, dst, want }: Line): void {
  const schedule: ScheduleSpec = { mode: 'cron', expr, ...(dst === undefined ? {} : { dst }) };
  const from = Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds - 1;
  const fires = previewFires(schedule, { from, count: want.length, timezone: zone });
  const shown = fires.map(({ local, offset }) => {
    const clock = `${local.slice(11, 16)}${offset}`;
    return local.startsWith(day) ? clock : `${local.slice(8, 10)}T${clock}`;
  });
  expect(shown, `${expr} in ${zone} with ${JSON.stringify(dst ?? {})}`).toEqual(want);
}

describe('New York goes forward, 2026-03-08 02:00 to 03:00', () => {
  const gap = { zone: 'America/New_York', day: '2026-03-08' };

  test('a wall time in the gap fires when it ends, or is skipped', () => {
    check({ ...gap, expr: '30 2 * * *', want: ['03:00-04:00', '09T02:30-04:00'] });
    check({ ...gap, expr: '30 2 * * *', dst: { overlap: 'both' }, want: ['03:00-04:00', '09T02:30-04:00'] });
    check({ ...gap, expr: '30 2 * * *', dst: { gap: 'skip' }, want: ['09T02:30-04:00'] });
  });

  test('several times of one gap, and a match at its end, are one fire', () => {
    check({ ...gap, expr: '*/20 2 * * *', want: ['03:00-04:00', '09T02:00-04:00'] });
    check({ ...gap, expr: '0,30 2,3 * * *', want: ['03:00-04:00', '03:30-04:00', '09T02:00-04:00'] });
    check({ ...gap, expr: '0,30 2,3 * * *', dst: { gap: 'skip' }, want: ['03:00-04:00', '03:30-04:00'] });
  });

  test('the edges of the gap are not in it', () => {
    check({ ...gap, expr: '59 1 * * *', want: ['01:59-05:00', '09T01:59-04:00'] });
    check({ ...gap, expr: '0 2 * * *', want: ['03:00-04:00', '09T02:00-04:00'] });
    check({ ...gap, expr: '0 3 * * *', want: ['03:00-04:00', '09T03:00-04:00'] });
  });

  test('a wildcard hour keeps its cadence whatever the rule says', () => {
    check({ ...gap, expr: '30 * * * *', want: ['00:30-05:00', '01:30-05:00', '03:30-04:00', '04:30-04:00'] });
    check({ ...gap, expr: '0 */2 * * *', want: ['00:00-05:00', '04:00-04:00', '06:00-04:00'] });
    check({ ...gap, expr: '0 */2 * * *', dst: { gap: 'run_after' }, want: ['00:00-05:00', '04:00-04:00'] });
    check({ ...gap, expr: '0 0/2 * * *', want: ['00:00-05:00', '03:00-04:00', '04:00-04:00'] });
  });
});

describe('New York goes back, 2026-11-01 02:00 to 01:00', () => {
  const overlap = { zone: 'America/New_York', day: '2026-11-01' };

  test('a time that occurs twice fires first, second or both', () => {
    check({ ...overlap, expr: '30 1 * * *', want: ['01:30-04:00', '02T01:30-05:00'] });
    check({ ...overlap, expr: '30 1 * * *', dst: { overlap: 'second' }, want: ['01:30-05:00', '02T01:30-05:00'] });
    check({
      ...overlap,
      expr: '30 1 * * *',
      dst: { overlap: 'both' },
      want: ['01:30-04:00', '01:30-05:00', '02T01:30-05:00'],
    });
  });

  test('the edges: 01:00 occurs twice, 02:00 once', () => {
    check({ ...overlap, expr: '0 1,2 * * *', want: ['01:00-04:00', '02:00-05:00'] });
    check({ ...overlap, expr: '0 1,2 * * *', dst: { overlap: 'second' }, want: ['01:00-05:00', '02:00-05:00'] });
    check({
      ...overlap,
      expr: '0 1,2 * * *',
      dst: { overlap: 'both' },
      want: ['01:00-04:00', '01:00-05:00', '02:00-05:00'],
    });
    check({ ...overlap, expr: '59 0,1 * * *', want: ['00:59-04:00', '01:59-04:00', '02T00:59-05:00'] });
  });

  test('a wildcard hour runs through both hours whatever the rule says', () => {
    const want = ['00:30-04:00', '01:30-04:00', '01:30-05:00', '02:30-05:00'];
    check({ ...overlap, expr: '30 * * * *', want });
    check({ ...overlap, expr: '30 * * * *', dst: { overlap: 'second' }, want });
  });
});

describe('Paris', () => {
  test('goes forward 2026-03-29 02:00 to 03:00', () => {
    const gap = { zone: 'Europe/Paris', day: '2026-03-29', expr: '15 2 * * *' };
    check({ ...gap, want: ['03:00+02:00', '30T02:15+02:00'] });
    check({ ...gap, dst: { gap: 'skip' }, want: ['30T02:15+02:00'] });
  });

  test('goes back 2026-10-25 03:00 to 02:00', () => {
    const overlap = { zone: 'Europe/Paris', day: '2026-10-25', expr: '15 2 * * *' };
    check({ ...overlap, want: ['02:15+02:00', '26T02:15+01:00'] });
    check({ ...overlap, dst: { overlap: 'second' }, want: ['02:15+01:00', '26T02:15+01:00'] });
    check({ ...overlap, dst: { overlap: 'both' }, want: ['02:15+02:00', '02:15+01:00'] });
  });
});

describe('Lord Howe changes by half an hour', () => {
  test('forward 2026-10-04 02:00 to 02:30', () => {
    const gap = { zone: 'Australia/Lord_Howe', day: '2026-10-04' };
    check({ ...gap, expr: '0,15,45 2 * * *', want: ['02:30+11:00', '02:45+11:00', '05T02:00+11:00'] });
    check({ ...gap, expr: '0,15,45 2 * * *', dst: { gap: 'skip' }, want: ['02:45+11:00', '05T02:00+11:00'] });
    check({ ...gap, expr: '30 2 * * *', want: ['02:30+11:00', '05T02:30+11:00'] });
    check({ ...gap, expr: '10,40 1-2 * * *', want: ['01:10+10:30', '01:40+10:30', '02:30+11:00', '02:40+11:00'] });
    check({
      ...gap,
      expr: '10,40 * 4 10 *',
      want: ['00:10+10:30', '00:40+10:30', '01:10+10:30', '01:40+10:30', '02:40+11:00'],
    });
  });

  test('back 2026-04-05 02:00 to 01:30', () => {
    const overlap = { zone: 'Australia/Lord_Howe', day: '2026-04-05', expr: '15,45 1 * * *' };
    check({ ...overlap, want: ['01:15+11:00', '01:45+11:00', '06T01:15+10:30'] });
    check({ ...overlap, dst: { overlap: 'second' }, want: ['01:15+11:00', '01:45+10:30', '06T01:15+10:30'] });
    check({ ...overlap, dst: { overlap: 'both' }, want: ['01:15+11:00', '01:45+11:00', '01:45+10:30'] });
    check({ ...overlap, expr: '45 * * * *', want: ['00:45+11:00', '01:45+11:00', '01:45+10:30', '02:45+10:30'] });
  });
});

describe('Apia skipped 2011-12-30', () => {
  const before = { zone: 'Pacific/Apia', day: '2011-12-29' };

  test('the missing day is a gap of 24 hours with one fire', () => {
    check({
      ...before,
      expr: '0 12 * * *',
      want: ['12:00-10:00', '31T00:00+14:00', '31T12:00+14:00', '01T12:00+14:00'],
    });
    check({ ...before, expr: '0 12 * * *', dst: { gap: 'skip' }, want: ['12:00-10:00', '31T12:00+14:00'] });
    check({
      ...before,
      expr: '0 0,12 * * *',
      want: ['00:00-10:00', '12:00-10:00', '31T00:00+14:00', '31T12:00+14:00'],
    });
    check({ ...before, expr: '0 0 30 12 *', dst: { gap: 'skip' }, want: ['30T00:00+14:00'] });
    check({ ...before, expr: '0 0 30 12 *', want: ['31T00:00+14:00', '30T00:00+14:00'] });
  });

  test('a wildcard hour just goes on', () => {
    check({
      ...before,
      expr: '0 */12 * * *',
      want: ['00:00-10:00', '12:00-10:00', '31T00:00+14:00', '31T12:00+14:00'],
    });
  });
});

test('a midnight that does not exist fires when the gap ends', () => {
  check({ zone: 'Africa/Cairo', day: '2024-04-26', expr: '0 0 * * *', want: ['01:00+03:00', '27T00:00+03:00'] });
  check({ zone: 'America/Havana', day: '2026-03-08', expr: '0 0 * * *', want: ['01:00-04:00', '09T00:00-04:00'] });
});

test('local mean time has seconds, and matches whole minutes of its own wall', () => {
  const spec: ScheduleSpec = { mode: 'cron', expr: '0 12 * * *' };
  const from = Date.UTC(1883, 10, 16);
  const fires = nextFires(spec, { from, count: 4, timezone: 'America/New_York' });
  expect(fires.map((at) => new Date(at).toISOString().slice(5, 19))).toEqual([
    '11-16T16:56:02',
    '11-17T16:56:02',
    '11-18T16:56:02',
    '11-19T17:00:00',
  ]);
});

describe('calendars', () => {
  function yearsOf(expr: string, from: string, count: number): string {
    const fires = nextFires({ mode: 'cron', expr }, { from: Date.parse(from), count });
    return fires.map((at) => new Date(at).toISOString().slice(0, 10)).join(' ');
  }

  test('a year of a daily job is 365 fires, on a leap year 366', () => {
    for (const timezone of ['UTC', 'America/New_York', 'Europe/Paris', 'Australia/Lord_Howe', 'Pacific/Apia']) {
      for (const expr of ['0 0 * * *', '30 2 * * *', '30 1 * * *', '0 12 * * *']) {
        for (const [year, days] of [
          [2026, 365],
          [2028, 366],
        ] as const) {
          const start = Temporal.PlainDate.from({ year, month: 1, day: 1 });
          const from = start.toZonedDateTime(timezone).epochMilliseconds - 1;
          const until = start.add({ years: 1 }).toZonedDateTime(timezone).epochMilliseconds;
          const fires = nextFires({ mode: 'cron', expr }, { from, count: 1000, timezone });
          expect(fires.filter((at) => at < until).length, `${expr} ${timezone} ${year}`).toBe(days);
        }
      }
    }
  });

  test('29 February is found across 2100 and 1900', () => {
    expect(yearsOf('0 0 29 2 *', '2094-01-01', 3)).toBe('2096-02-29 2104-02-29 2108-02-29');
    expect(yearsOf('0 0 29 2 *', '1895-01-01', 2)).toBe('1896-02-29 1904-02-29');
  });

  test('both day fields restricted mean either, a star means both', () => {
    expect(yearsOf('0 0 13 * 5', '2026-02-10', 4)).toBe('2026-02-13 2026-02-20 2026-02-27 2026-03-06');
    expect(yearsOf('0 0 */10 * 5', '2026-02-10', 4)).toBe('2026-02-11 2026-02-13 2026-02-20 2026-02-21');
    expect(yearsOf('0 0 * * 5', '2026-02-10', 2)).toBe('2026-02-13 2026-02-20');
  });

  test('what never fires lists nothing, and years beyond the calendar end', () => {
    expect(yearsOf('0 0 31 2 *', '2026-01-01', 3)).toBe('');
    expect(nextFires({ mode: 'cron', expr: '* * * * *' }, { from: 8.64e15 - 60_000, count: 5 })).toEqual([8.64e15]);
    expect(nextFires({ mode: 'cron', expr: '* * * * *' }, { from: Number.MAX_SAFE_INTEGER, count: 5 })).toEqual([]);
    expect(nextFires({ mode: 'cron', expr: '* * * * *' }, { from: -8.64e15 - 1, count: 1 })).toEqual([-8.64e15]);
  });
});
