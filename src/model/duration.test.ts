import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationMs, formatDuration, parseDuration } from './duration.ts';

function check(text: string, want: bigint | RegExp): void {
  const result = parseDuration(text, 'job.timeout');
  if (typeof want === 'bigint') expect(result, text).toEqual({ ok: true, nanoseconds: want });
  else {
    expect(result, text).toMatchObject({
      ok: false,
      problem: { path: 'job.timeout', code: 'invalid_duration', message: expect.stringMatching(want), value: text },
    });
  }
}

test('numbers with units add up', () => {
  check('90s', 90_000_000_000n);
  check('1h30m', 5_400_000_000_000n);
  check('-1.5h', -5_400_000_000_000n);
  check('.5\u00b5s', 500n);
  check('1.\u03bcs', 1000n);
  check('0', 0n);
  check('-0', 0n);
});

test('a refusal says what to write instead', () => {
  check('1d', /write 24h/);
  check('2weeks', /write 168h/);
  check('5min', /write m/);
  check('5 s', /" s" is not a unit/);
  check('30', /no unit/);
  check('', /90s or 1h30m/);
  check('+', /90s or 1h30m/);
  check('later', /a number must stand before each unit/);
  check('.s', /dot needs a digit/);
  check('2562048h', /292 years/);
  check('9223372036854775808ns', /292 years/);
  check(`${'9'.repeat(100_000)}h`, /292 years/);
});

test('every duration is read back from its own spelling', () => {
  const limit = 1n << 63n;
  fc.assert(
    fc.property(fc.bigInt({ min: -limit, max: limit - 1n }), (nanoseconds) => {
      check(formatDuration(nanoseconds), nanoseconds);
    }),
  );
});

test('milliseconds are whole, and at least one of a positive duration', () => {
  expect(['1h', '1500us', '1ns', '0', '-1500us', '999us'].map(durationMs)).toEqual([3_600_000, 1, 1, 0, -1, 1]);
  expect(() => durationMs('soon')).toThrow(/unvalidated/);
});
