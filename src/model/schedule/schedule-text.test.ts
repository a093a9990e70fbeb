import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseScheduleText } from './schedule-text.ts';
import type { ScheduleSpec } from './schedule-spec.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

function check(text: string, wanted: ScheduleSpec | { code: string }, context = {}): void {
  test(`${JSON.stringify(text)} ${JSON.stringify(context)}`, () => {
    const result = parseScheduleText(text, { timezone: 'Europe/Paris', ...context });
    if ('code' in wanted) expect(result).toMatchObject({ ok: false, problem: { path: 'schedule', ...wanted } });
    else expect(result).toEqual({ ok: true, schedule: wanted });
  });
}

describe('anything without a word in front is a cron expression', () => {
  check('0 9 * * 1-5', { mode: 'cron', expr: '0 9 * * 1-5' });
  check('  0 9 * * 1-5 ', { mode: 'cron', expr: '0 9 * * 1-5' });
  check('cron:0 9 * * *', { mode: 'cron', expr: '0 9 * * *' });
  check('TZ=Asia/Tokyo 0 9 * * *', { mode: 'cron', expr: 'TZ=Asia/Tokyo 0 9 * * *' });
  check('0 9 * *', { code: 'invalid_cron' });
  check('nonsense', { code: 'invalid_cron' });
  check('0 0 31 2 *', { code: 'never_fires' });
  check('', { code: 'required' });
  check('x'.repeat(300), { code: 'out_of_range' });
});

describe('every: takes a positive duration', () => {
  check('every:30m', { mode: 'every', interval: '30m' });
  check('every: 30m', { mode: 'every', interval: '30m' });
  check('every 30m', { mode: 'every', interval: '30m' });
  check('EVERY:1h', { mode: 'every', interval: '1h' });
  check('every:0', { code: 'not_positive' });
  check('every:1d', { code: 'invalid_duration' });
  check('every:', { code: 'required' });
});

describe('at: with an offset is that instant, whatever the zone', () => {
  check('at:2026-12-01T09:00:00+01:00', { mode: 'at', time: '2026-12-01T09:00:00+01:00' });
  check('at:2026-12-01T09:00:00Z', { mode: 'at', time: '2026-12-01T09:00:00Z' }, { timezone: 'Nowhere/At_All' });
  check('at:2026-13-01T09:00:00Z', { code: 'invalid_instant' });
});

describe('at: without an offset is a wall time', () => {
  check('at:2026-12-01T09:00', { mode: 'at', time: '2026-12-01T09:00:00+01:00' });
  check('at:2026-07-01 09:00:30', { mode: 'at', time: '2026-07-01T09:00:30+02:00' });
  check('at:2026-12-01T09:00', { mode: 'at', time: '2026-12-01T09:00:00+00:00' }, { timezone: 'UTC' });
  check('at:2026-12-01T09:00', { code: 'unknown_timezone' }, { timezone: 'Europe/Pairs' });
  check('at:2026-02-30T09:00', { code: 'invalid_instant' });
  check('at:2026-12-01T24:00', { code: 'invalid_instant' });
  check('at:2026-12-01', { code: 'invalid_instant' });
  check('at:tomorrow', { code: 'invalid_instant' });
});

describe('a wall time in a gap means the instant at which the gap ends', () => {
  check('at:2026-03-29T02:30', { mode: 'at', time: '2026-03-29T03:00:00+02:00' });
  check('at:2026-03-29T02:00', { mode: 'at', time: '2026-03-29T03:00:00+02:00' });
  check('at:2026-03-29T03:00', { mode: 'at', time: '2026-03-29T03:00:00+02:00' });
  check('at:2011-12-30T09:00', { mode: 'at', time: '2011-12-31T00:00:00+14:00' }, { timezone: 'Pacific/Apia' });
});

describe('a wall time that happens twice means the first', () => {
  check('at:2026-10-25T02:30', { mode: 'at', time: '2026-10-25T02:30:00+02:00' });
});

describe('a time of day is the next such, and needs a now', () => {
  check('at:18:30', { mode: 'at', time: '2026-11-22T18:30:00+01:00' }, { now });
  check('at:09:00', { mode: 'at', time: '2026-11-23T09:00:00+01:00' }, { now });
  check('at:13:00', { mode: 'at', time: '2026-11-23T13:00:00+01:00' }, { now });
  check('at:25:00', { code: 'invalid_instant' }, { now });
  check('at:18:30', { code: 'invalid_instant' });
});

test('no text makes it throw', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.string().map((rest) => `at:${rest}`),
    fc.string().map((rest) => `every:${rest}`),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const result = parseScheduleText(text, { timezone: 'Europe/Paris', now });
      expect(result.ok || result.problem.message.length > 0).toBe(true);
    }),
  );
});
