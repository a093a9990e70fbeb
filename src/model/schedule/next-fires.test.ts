// Properties of all schedules, against oracles that share no code with them: a walk minute by minute, plain listing, croner.
import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileSchedule, nextFires, type CompiledSchedule } from './next-fires.ts';
import type { DstOverlap, DstRule, ScheduleSpec } from './schedule-spec.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** One field of a random expression: its text, and what it matches. */
interface Field {
  readonly text: string;
  readonly values: ReadonlySet<number>;
  readonly star: boolean;
}

function fieldOf(min: number, max: number): fc.Arbitrary<Field> {
  const range = (from: number, to: number, step = 1): number[] => {
    const values: number[] = [];
    for (let value = from; value <= to; value += step) values.push(value);
    return values;
  };
  const field = (text: string, values: number[], star = false): Field => ({ text, values: new Set(values), star });
  const value = fc.integer({ min, max });
  const step = fc.integer({ min: 2, max: Math.max(2, max - min) });
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(field('*', range(min, max), true)) },
    { weight: 3, arbitrary: value.map((one) => field(String(one), [one])) },
    fc.uniqueArray(value, { minLength: 2, maxLength: 4 }).map((list) => field(list.join(), list)),
    fc.tuple(value, value).map(([a, b]) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      return field(`${low}-${high}`, range(low, high));
    }),
    step.map((by) => field(`*/${by}`, range(min, max, by))),
    fc.tuple(value, step).map(([low, by]) => field(`${low}/${by}`, range(low, max, by))),
  );
}

interface Expression {
  readonly text: string;
  readonly wildcardHour: boolean;
  readonly matches: (wallMinute: number) => boolean;
}

function expressionOf(fields: readonly [Field, Field, Field, Field, Field]): Expression {
  const [minute, hour, monthDay, month, weekday] = fields;
  return {
    text: fields.map((field) => field.text).join(' '),
    wildcardHour: hour.text.startsWith('*'),
    matches: (wallMinute) => {
      const date = new Date(wallMinute * minuteMs);
      const byMonthDay = monthDay.values.has(date.getUTCDate());
      const byWeekday = weekday.values.has(date.getUTCDay());
      const byDay = monthDay.star || weekday.star ? byMonthDay && byWeekday : byMonthDay || byWeekday;
      const byTime = minute.values.has(date.getUTCMinutes()) && hour.values.has(date.getUTCHours());
      return byDay && byTime && month.values.has(date.getUTCMonth() + 1);
    },
  };
}

const expressions = fc
  .tuple(fieldOf(0, 59), fieldOf(0, 23), fieldOf(1, 31), fieldOf(1, 12), fieldOf(0, 6))
  .map(expressionOf);

/** Hours in which clocks are changed; stars and steps would mean more than these. */
const smallHours = fieldOf(0, 3).filter(({ text }) => !/[*/]/.test(text));

/** The same, but matching on each of the few days that the walk covers, where the change of the clock is. */
const dailyExpressions = fc.tuple(fieldOf(0, 59), fc.oneof(fieldOf(0, 23), smallHours)).map(([minute, hour]) => {
  const star: Field = { text: '*', values: new Set(Array.from({ length: 32 }, (_, value) => value)), star: true };
  return expressionOf([minute, hour, star, star, star]);
});

const rules: fc.Arbitrary<DstRule> = fc.record({
  gap: fc.constantFrom('run_after' as const, 'skip' as const),
  overlap: fc.constantFrom<DstOverlap>('first', 'second', 'both'),
});

/** A stretch of a zone, minute by minute, with more before and after it so that repeated times can be told. */
interface Walk {
  readonly zone: string;
  readonly from: number;
  readonly to: number;
  /** Instant and wall minute of each minute. */
  readonly minutes: readonly { readonly at: number; readonly wall: number }[];
}

function walkOf(zone: string, around: string): Walk {
  const middle = Date.parse(`${around}T00:00:00Z`);
  const minutes: { at: number; wall: number }[] = [];
  for (let at = middle - 4 * dayMs; at < middle + 4 * dayMs; at += minuteMs) {
    const offset = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
    minutes.push({ at, wall: (at + offset) / minuteMs });
  }
  return { zone, from: middle - 2 * dayMs, to: middle + 2 * dayMs, minutes };
}

const walks: readonly Walk[] = [
  walkOf('America/New_York', '2026-03-08'),
  walkOf('America/New_York', '2026-11-01'),
  walkOf('Europe/Paris', '2026-03-29'),
  walkOf('Europe/Paris', '2026-10-25'),
  walkOf('Australia/Lord_Howe', '2026-04-04'),
  walkOf('Australia/Lord_Howe', '2026-10-03'),
  walkOf('Pacific/Apia', '2011-12-30'),
  walkOf('Africa/Cairo', '2024-04-26'),
  walkOf('America/Havana', '2026-11-01'),
  walkOf('America/Sao_Paulo', '2018-02-18'),
  walkOf('Africa/Casablanca', '2026-02-15'),
  walkOf('Antarctica/Troll', '2026-03-29'),
  walkOf('Pacific/Kwajalein', '1993-08-21'),
  walkOf('Asia/Kolkata', '2026-05-05'),
];

/** The rule of the specification by looking at every minute: what the highest wall minute so far was, and what comes again. */
function firesByWalking(walk: Walk, expression: Expression, dst: DstRule): number[] {
  const lastAt = new Map(walk.minutes.map(({ at, wall }) => [wall, at]));
  const fires: number[] = [];
  let highest = (walk.minutes[0] as { wall: number }).wall - 1;
  for (const { at, wall } of walk.minutes) {
    let fire = expression.matches(wall);
    if (!expression.wildcardHour) {
      const repeats = wall <= highest;
      if (dst.overlap === 'first') fire &&= !repeats;
      if (dst.overlap === 'second') fire &&= lastAt.get(wall) === at;
      if (dst.gap === 'run_after') {
        for (let missing = highest + 1; missing < wall; missing += 1) fire ||= expression.matches(missing);
      }
    }
    highest = Math.max(highest, wall);
    if (fire && at > walk.from && at <= walk.to) fires.push(at);
  }
  return fires;
}

/** All instants in a range, by `next` alone. */
function listed(schedule: CompiledSchedule, range: { readonly from: number; readonly to: number }): number[] {
  const fires: number[] = [];
  for (let at = schedule.next(range.from); at !== null && at <= range.to; at = schedule.next(at)) fires.push(at);
  return fires;
}

function checkAllAnswers(
  schedule: CompiledSchedule,
  range: { readonly from: number; readonly to: number },
  fires: number[],
): void {
  const { from, to } = range;
  expect(listed(schedule, range)).toEqual(fires);
  expect(schedule.count(from, to)).toBe(fires.length);
  expect(schedule.between(from, to, Number.POSITIVE_INFINITY)).toEqual(fires);
  expect(schedule.between(from, to, 3)).toEqual(fires.slice(-3));
  for (const [index, at] of fires.entries()) {
    if (index > 0) expect(at).toBeGreaterThan(fires[index - 1] as number);
    if (index > 200) break;
    expect(schedule.prev(at)).toBe(at);
    expect(schedule.next(at - 1)).toBe(at);
    if (index > 0) expect(schedule.prev(at - 1)).toBe(fires[index - 1]);
    expect(schedule.count(from, at)).toBe(index + 1);
    expect(schedule.count(at, to)).toBe(fires.length - index - 1);
  }
}

describe('cron', () => {
  test('agrees with a walk minute by minute through changes of the clock, under every rule', () => {
    fc.assert(
      fc.property(
        fc.nat(walks.length - 1),
        fc.oneof(dailyExpressions, expressions),
        rules,
        (index, expression, dst) => {
          const walk = walks[index] as Walk;
          const spec: ScheduleSpec = { mode: 'cron', expr: expression.text, dst };
          const schedule = compileSchedule(spec, { timezone: walk.zone, anchor: 0 });
          checkAllAnswers(schedule, walk, firesByWalking(walk, expression, dst));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('counts and searches of years agree with listing', () => {
    const rareExpressions = fc
      .tuple(fieldOf(0, 59), fc.integer({ min: 0, max: 23 }), fieldOf(1, 31), fieldOf(1, 12), fieldOf(0, 6))
      .map(
        ([minute, hour, ...days]) =>
          `${minute.text === '*' ? '5' : minute.text} ${hour} ${days.map(({ text }) => text).join(' ')}`,
      );
    const zone = fc.constantFrom(...walks.map((walk) => walk.zone));
    const from = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2090, 0, 1) });
    fc.assert(
      fc.property(
        rareExpressions,
        zone,
        from,
        fc.integer({ min: 0, max: 700 * dayMs }),
        rules,
        (expr, timezone, start, length, dst) => {
          const schedule = compileSchedule({ mode: 'cron', expr, dst }, { timezone, anchor: 0 });
          const range = { from: start, to: start + length };
          checkAllAnswers(schedule, range, listed(schedule, range));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('agrees with croner where no clock is changed', () => {
    const fields = [fieldOf(0, 59), fieldOf(0, 23), fieldOf(1, 28), fieldOf(1, 12), fieldOf(0, 6)] as const;
    // croner has no `N/step`, and reads a stepped star in the day fields by a rule of its own; the walk above covers both.
    const plain = fc
      .tuple(...fields)
      .filter((parts) => parts.every(({ text }) => !/^[0-9]+\//.test(text)))
      .filter(([, , monthDay, , weekday]) => !/\//.test(monthDay.text + weekday.text));
    fc.assert(
      fc.property(
        plain,
        fc.constantFrom('UTC', 'Asia/Kolkata', 'Asia/Tokyo'),
        fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) }),
        (parts, timezone, from) => {
          const expr = parts.map(({ text }) => text).join(' ');
          const theirs = new Cron(expr, { timezone, mode: '5-part', paused: true }).nextRuns(5, new Date(from));
          const ours = nextFires({ mode: 'cron', expr }, { from, count: 5, timezone });
          expect(
            ours.map((at) => new Date(at).toISOString()),
            `${expr} ${timezone}`,
          ).toEqual(theirs.map((at) => at.toISOString()));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('ten million missed instants are counted, and the newest found, without listing them', () => {
    for (const timezone of ['UTC', 'America/New_York', 'Australia/Lord_Howe']) {
      const schedule = compileSchedule({ mode: 'cron', expr: '* * * * *' }, { timezone, anchor: 0 });
      const to = Date.UTC(2026, 10, 22, 19);
      expect(schedule.count(to - 20_000_000 * minuteMs, to)).toBe(20_000_000);
      expect(schedule.between(0, to, 100)).toHaveLength(100);
    }
    const daily = compileSchedule({ mode: 'cron', expr: '30 2 * * *' }, { timezone: 'America/New_York', anchor: 0 });
    expect(daily.count(Date.UTC(2000, 0, 1, 12), Date.UTC(4000, 0, 1, 12))).toBe(730_485);
  });
});

describe('every', () => {
  const grids = fc.record({
    anchor: fc.integer({ min: -1e12, max: 4e12 }),
    intervalMs: fc.integer({ min: 1, max: 40 * dayMs }),
  });

  test('instants are the anchor and whole intervals after it', () => {
    fc.assert(
      fc.property(
        grids,
        fc.integer({ min: -5, max: 1000 }),
        fc.integer({ min: 1, max: 50 }),
        ({ anchor, intervalMs }, k, length) => {
          const schedule = compileSchedule({ mode: 'every', interval: `${intervalMs}ms` }, { timezone: 'UTC', anchor });
          const range = { from: anchor + k * intervalMs - 1, to: anchor + (k + length) * intervalMs - 1 };
          const want = Array.from({ length }, (_, index) => anchor + (k + index) * intervalMs).filter(
            (at) => at >= anchor,
          );
          checkAllAnswers(schedule, range, want);
          expect(schedule.prev(anchor - 1)).toBeNull();
        },
      ),
    );
  });

  test('without an anchor the grid begins at from; below a millisecond it has steps of one', () => {
    expect(nextFires({ mode: 'every', interval: ' 90s ' }, { from: 1000, count: 3 })).toEqual([
      91_000, 181_000, 271_000,
    ]);
    expect(nextFires({ mode: 'every', interval: '10us' }, { from: 5, count: 3 })).toEqual([6, 7, 8]);
    expect(nextFires({ mode: 'every', interval: '1h' }, { from: 0, count: 2, anchor: hourMs / 2 })).toEqual([
      hourMs / 2,
      1.5 * hourMs,
    ]);
    expect(nextFires({ mode: 'every', interval: '2562047h' }, { from: 8.6e15, count: 9 })).toHaveLength(4);
  });

  test('ten million missed instants are arithmetic', () => {
    const schedule = compileSchedule({ mode: 'every', interval: '1ms' }, { timezone: 'UTC', anchor: 0 });
    expect(schedule.count(10, 10_000_010)).toBe(10_000_000);
    expect(schedule.between(10, 10_000_010, 2)).toEqual([10_000_009, 10_000_010]);
  });
});

describe('at, windows and bounds', () => {
  const at = Date.UTC(2026, 3, 15, 13);
  const once: ScheduleSpec = { mode: 'at', time: '2026-04-15T15:00:00+02:00' };

  test('at fires once', () => {
    expect(nextFires(once, { from: at - 1, count: 5 })).toEqual([at]);
    expect(nextFires(once, { from: at, count: 5 })).toEqual([]);
    const schedule = compileSchedule(once, { timezone: 'UTC', anchor: 0 });
    checkAllAnswers(schedule, { from: at - 1, to: at }, [at]);
    checkAllAnswers(schedule, { from: at, to: at + 1 }, []);
  });

  test('start_at and end_at may fire themselves, and nothing beyond them does', () => {
    const spec: ScheduleSpec = {
      mode: 'cron',
      expr: '0 * * * *',
      start_at: '2026-01-01T10:00:00Z',
      end_at: '2026-01-01T12:00:00Z',
    };
    const want = [10, 11, 12].map((hour) => Date.UTC(2026, 0, 1, hour));
    expect(nextFires(spec, { from: 0, count: 9 })).toEqual(want);
    const schedule = compileSchedule(spec, { timezone: 'UTC', anchor: 0 });
    checkAllAnswers(schedule, { from: 0, to: Date.UTC(2027, 0, 1) }, want);
    checkAllAnswers(schedule, { from: want[0] as number, to: want[1] as number }, [want[1] as number]);
    expect(schedule.prev((want[0] as number) - 1)).toBeNull();
    expect(schedule.count(Date.UTC(2027, 0, 1), Date.UTC(2028, 0, 1))).toBe(0);
    expect(schedule.count(0, Date.UTC(2020, 0, 1))).toBe(0);
    expect(nextFires({ ...once, end_at: '2026-04-15T12:59:59Z' }, { from: 0, count: 1 })).toEqual([]);
  });

  test('the zone is the expression’s, else the schedule’s, else the automation’s, else UTC', () => {
    const hourOf = (spec: Partial<ScheduleSpec>, timezone?: string): number => {
      const options = { from: Date.UTC(2026, 6, 1), count: 1, ...(timezone === undefined ? {} : { timezone }) };
      return new Date(nextFires({ mode: 'cron', expr: '0 12 * * *', ...spec }, options)[0] as number).getUTCHours();
    };
    expect(hourOf({})).toBe(12);
    expect(hourOf({ timezone: ' ' })).toBe(12);
    expect(hourOf({}, 'Europe/Paris')).toBe(10);
    expect(hourOf({ timezone: 'Asia/Tokyo' }, 'Europe/Paris')).toBe(3);
    expect(hourOf({ expr: 'TZ=UTC 0 12 * * *', timezone: 'Asia/Tokyo' }, 'Europe/Paris')).toBe(12);
    expect(hourOf({ expr: 'TZ=Local 0 12 * * *', timezone: 'Asia/Tokyo' }, 'Europe/Paris')).toBe(3);
  });

  test('a list is as long as asked for, within reason', () => {
    const count = (asked: number): number =>
      nextFires({ mode: 'every', interval: '1s' }, { from: 0, count: asked }).length;
    expect([0, -1, 1, 25, 1e9].map(count)).toEqual([0, 0, 1, 25, 10_000]);
    expect(nextFires({ mode: 'cron', expr: '* * * * *' }, { from: 59_999.5, count: 1 })).toEqual([60_000]);
  });

  test('what validation refuses throws with its problem', () => {
    const problem = (spec: ScheduleSpec, timezone = 'UTC'): unknown => {
      try {
        compileSchedule(spec, { timezone, anchor: 0 });
      } catch (error) {
        return (error as { problem?: unknown }).problem;
      }
      return 'compiled';
    };
    expect(problem({ mode: 'cron', expr: '0 9 * *' })).toMatchObject({ path: 'expr', code: 'invalid_cron' });
    expect(problem({ mode: 'cron' })).toMatchObject({ path: 'expr', code: 'required' });
    expect(problem({ mode: 'cron', expr: '0 9 * * *' }, 'Atlantis')).toMatchObject({
      path: 'timezone',
      code: 'unknown_timezone',
    });
    expect(problem({ mode: 'every', interval: 'soon' })).toMatchObject({ path: 'interval', code: 'invalid_duration' });
    expect(problem({ mode: 'every', interval: '-1s' })).toMatchObject({ path: 'interval', code: 'not_positive' });
    expect(problem({ mode: 'at', time: 'soon' })).toMatchObject({ path: 'time', code: 'invalid_instant' });
    expect(problem({ mode: 'at', time: ' ' })).toMatchObject({ path: 'time', code: 'required' });
    expect(problem({ ...once, start_at: 'soon' })).toMatchObject({ path: 'start_at', code: 'invalid_instant' });
    expect(problem({ mode: 'weekly' } as unknown as ScheduleSpec)).toMatchObject({
      path: 'mode',
      code: 'unknown_value',
    });
    expect(problem(once)).toBe('compiled');
  });
});
