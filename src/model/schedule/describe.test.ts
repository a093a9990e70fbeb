import { describe, expect, test } from 'vitest';
import { describeSchedule, previewFires } from './describe.ts';
import type { ScheduleSpec } from './schedule-spec.ts';

describe('in words', () => {
  function check(expr: string, want: string): void {
    expect(describeSchedule({ mode: 'cron', expr }, { timezone: 'Europe/Paris' }), expr).toBe(`${want} (Europe/Paris)`);
  }

  test('the common expressions read as a person would say them', () => {
    check('* * * * *', 'Every minute');
    check('*/5 * * * *', 'Every 5 minutes');
    check('0 * * * *', 'Every hour, on the hour');
    check('15 * * * *', 'Every hour, at minute 15');
    check('0 */2 * * *', 'Every 2 hours from 00:00');
    check('30 */6 * * *', 'Every 6 hours at minute 30, from 00:30');
    check('0 9 * * *', 'Every day at 09:00');
    check('0 9 * * MON-FRI', 'Every weekday at 09:00');
    check('30 9,17 * * sat,7', 'Every Saturday and Sunday at 09:30 and 17:30');
    check('0 9 * * 1,3,5', 'Every Monday, Wednesday and Friday at 09:00');
    check('*/5 9-17 * * 1-5', 'Every 5 minutes, from 09:00 to 17:55, every weekday');
    check('0 0 1 * *', 'On day 1 of every month at 00:00');
    check('0 0 1-7,15 * *', 'On days 1, 2, 3, 4, 5, 6, 7 and 15 of every month at 00:00');
    check('0 0 1-7 * *', 'On days 1 to 7 of every month at 00:00');
    check('0 0 31 * *', 'On day 31 of every month that has it at 00:00');
    check('0 12 * 6-8 *', 'Every day in June to August at 12:00');
    check('0 0 25 12 *', 'Every year on 25 December at 00:00');
    check('0 0 29 2 *', 'Every leap year on 29 February at 00:00');
  });

  test('what has no short sentence is listed in full', () => {
    check('5,7 1,3,5,9,11 * * 2', 'Every Tuesday at minutes 5 and 7 of the hours 1, 3, 5, 9 and 11');
    check('0 5-23/3 * * *', 'Every day at minute 0 of the hours 5, 8, 11, 14, 17, 20 and 23');
    check('* 9,13 * 3 *', 'Every day in March at every minute of the hours 9 and 13');
    check('*/7 * * * *', 'Every hour, at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56');
  });

  test('two restricted day fields are joined as they match', () => {
    check('0 0 13 * 5', 'On day 13 and every Friday of every month at 00:00');
    check('0 0 13 2,3 5', 'On day 13 and every Friday in February and March at 00:00');
    check('0 0 1-31 * 1', 'Every day at 00:00');
    check('0 0 13 * 0-6', 'Every day at 00:00');
    check('0 9 , * 1', 'Every Monday at 09:00');
    check('0 9 1 * ,', 'On day 1 of every month at 09:00');
    check('0 0 31 2 *', 'Never, because no date matches');
  });

  test('the other modes, and what narrows them', () => {
    const words = (spec: ScheduleSpec, anchor?: number): string =>
      describeSchedule(spec, anchor === undefined ? {} : { anchor });
    expect(words({ mode: 'every', interval: '1h' })).toBe('Every hour');
    expect(words({ mode: 'every', interval: '24h' })).toBe('Every 24 hours');
    expect(words({ mode: 'every', interval: '90.5s' }, 0)).toBe(
      'Every 1 minute 30 seconds 500 milliseconds counted from 1970-01-01T00:00:00.000Z',
    );
    expect(words({ mode: 'at', time: '2026-12-01T00:00:00+01:00' })).toBe('Once at 2026-11-30 23:00 (UTC)');
    expect(words({ mode: 'at', time: '2026-12-01T00:00:07+01:00', timezone: 'Asia/Tokyo' })).toBe(
      'Once at 2026-12-01 08:00:07 (Asia/Tokyo)',
    );
    expect(
      words({
        mode: 'every',
        interval: '5m',
        jitter: '30s',
        start_at: '2026-01-01T00:00:00Z',
        end_at: '2027-01-01T00:00:00Z',
      }),
    ).toBe(
      'Every 5 minutes, not before 2026-01-01T00:00:00.000Z, not after 2027-01-01T00:00:00.000Z, starts spread over 30s',
    );
    expect(words({ mode: 'cron', expr: '30 2 * * *', dst: { gap: 'skip', overlap: 'second' } })).toBe(
      'Every day at 02:30 (UTC), skipping times that daylight saving removes, at the second of two equal times when the clock goes back',
    );
    expect(words({ mode: 'cron', expr: '30 * * * *', dst: { gap: 'skip' } })).toBe('Every hour, at minute 30 (UTC)');
    expect(words({ mode: 'cron', expr: 'TZ=Asia/Tokyo 0 9 * * *' })).toBe('Every day at 09:00 (Asia/Tokyo)');
    expect(() => words({ mode: 'cron', expr: 'soon' })).toThrow(/1 field/);
  });
});

describe('previews', () => {
  function check(schedule: ScheduleSpec, where: { from: string; timezone: string }, want: readonly string[]): void {
    const fires = previewFires(schedule, {
      from: Date.parse(where.from),
      timezone: where.timezone,
      count: want.length,
    });
    expect(fires.map((fire) => `${fire.local}${fire.offset} ${fire.dst ?? '-'}`)).toEqual(want);
    for (const fire of fires) {
      expect(fire.zone).toBe(where.timezone);
      expect(fire.note === undefined).toBe(fire.dst === undefined);
      expect(Temporal.PlainDateTime.from(fire.local).toString()).toBe(
        Temporal.Instant.fromEpochMilliseconds(fire.at).toZonedDateTimeISO(where.timezone).toPlainDateTime().toString(),
      );
    }
  }

  test('a fire that a gap has moved is marked, and says why', () => {
    const schedule: ScheduleSpec = { mode: 'cron', expr: '30 2 * * *' };
    const timezone = 'America/New_York';
    check(schedule, { from: '2026-03-07T12:00:00Z', timezone }, [
      '2026-03-08T03:00:00-04:00 gap',
      '2026-03-09T02:30:00-04:00 -',
    ]);
    expect(previewFires(schedule, { from: Date.UTC(2026, 2, 7, 12), count: 1, timezone })[0]?.note).toBe(
      'A scheduled time does not exist: the clock goes forward by 1 hour, from 2026-03-08 02:00 to 2026-03-08 03:00; it runs when the gap ends.',
    );
  });

  test('both occurrences of a repeated time are marked', () => {
    check(
      { mode: 'cron', expr: '30 1 * * *', dst: { overlap: 'both' } },
      { from: '2026-10-31T12:00:00Z', timezone: 'America/New_York' },
      ['2026-11-01T01:30:00-04:00 overlap', '2026-11-01T01:30:00-05:00 overlap', '2026-11-02T01:30:00-05:00 -'],
    );
    check({ mode: 'every', interval: '30m' }, { from: '2026-10-24T23:30:00Z', timezone: 'Europe/Paris' }, [
      '2026-10-25T02:00:00+02:00 overlap',
      '2026-10-25T02:30:00+02:00 overlap',
      '2026-10-25T02:00:00+01:00 overlap',
      '2026-10-25T02:30:00+01:00 overlap',
      '2026-10-25T03:00:00+01:00 change',
    ]);
  });

  test('other fires of such a day are marked too, and only of that day', () => {
    const noon: ScheduleSpec = { mode: 'cron', expr: '0 12 * * *' };
    check(noon, { from: '2026-03-28T00:00:00Z', timezone: 'Europe/Paris' }, [
      '2026-03-28T12:00:00+01:00 -',
      '2026-03-29T12:00:00+02:00 change',
      '2026-03-30T12:00:00+02:00 -',
    ]);
    // Cairo's change is at midnight: it cuts into the day that begins then, not into the one that ends.
    check(noon, { from: '2024-04-25T00:00:00Z', timezone: 'Africa/Cairo' }, [
      '2024-04-25T12:00:00+02:00 -',
      '2024-04-26T12:00:00+03:00 change',
      '2024-04-27T12:00:00+03:00 -',
    ]);
    check(noon, { from: '2011-12-29T00:00:00Z', timezone: 'Pacific/Apia' }, [
      '2011-12-29T12:00:00-10:00 -',
      '2011-12-31T00:00:00+14:00 gap',
      '2011-12-31T12:00:00+14:00 -',
      '2012-01-01T12:00:00+14:00 -',
    ]);
  });

  test('zones without changes and offsets with seconds', () => {
    check(
      { mode: 'at', time: '2026-05-01T00:00:00.250Z' },
      { from: '2026-01-01T00:00:00Z', timezone: 'Asia/Kolkata' },
      ['2026-05-01T05:30:00.250+05:30 -'],
    );
    check({ mode: 'cron', expr: '0 0 * * *' }, { from: '1850-01-01T00:00:00Z', timezone: 'America/New_York' }, [
      '1850-01-01T00:00:00-04:56:02 -',
    ]);
  });
});
