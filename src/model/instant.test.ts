import fc from 'fast-check';
import { expect, test } from 'vitest';
import { epochMsMax, formatInstant, parseInstant } from './instant.ts';

function check(text: string, want: number | RegExp): void {
  const result = parseInstant(text, 'job.schedule.time');
  if (typeof want === 'number') expect(result, text).toEqual({ ok: true, epochMs: want });
  else {
    expect(result, text).toMatchObject({
      ok: false,
      problem: {
        path: 'job.schedule.time',
        code: 'invalid_instant',
        message: expect.stringMatching(want),
        value: text,
      },
    });
  }
}

test('offsets and fractions come down to whole milliseconds', () => {
  check('1970-01-01T00:00:00Z', 0);
  check('1970-01-01t00:00:00z', 0);
  check('1970-01-01T01:00:00+01:00', 0);
  check('1969-12-31T23:59:59.999999999Z', -1);
  check('2026-04-15T15:00:00.1239Z', 1_776_265_200_123);
});

test('a refusal says what is missing', () => {
  check('2026-04-15', /the time is missing/);
  check('2026-04-15T15:00:00', /the offset is missing/);
  check('2026-04-15 15:00', /the offset is missing/);
  check('2026-02-30T00:00:00Z', /that month has 28 days/);
  check('2026-13-01T00:00:00Z', /months run/);
  check('2026-01-01T24:00:00Z', /midnight is/);
  check('2026-01-01T23:60:00Z', /minutes run/);
  check('2026-01-01T23:59:60Z', /leap seconds/);
  check('2026-01-01T00:00:00+24:00', /offsets run/);
  check('tomorrow', /RFC 3339/);
  check('2026-01-01T00:00:00Z\n', /RFC 3339/);
});

test('every instant that RFC 3339 can write is read back', () => {
  const min = Date.parse('0000-01-01T00:00:00.000Z');
  const max = Date.parse('9999-12-31T23:59:59.999Z');
  fc.assert(fc.property(fc.integer({ min, max }), (epochMs) => check(formatInstant(epochMs), epochMs)));
});

test('the edges print, what is no instant throws', () => {
  expect(formatInstant(Date.UTC(2026, 10, 22, 19))).toBe('2026-11-22T19:00:00.000Z');
  expect(formatInstant(epochMsMax)).toBe('+275760-09-13T00:00:00.000Z');
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 0.5, epochMsMax + 1]) {
    expect(() => formatInstant(bad)).toThrow(RangeError);
  }
});
