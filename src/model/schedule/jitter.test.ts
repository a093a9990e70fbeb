import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jitterMs } from './jitter.ts';

test('the delay is below the jitter and the same every time', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer(), fc.integer({ min: 1, max: 1e12 }), (jobId, instant, jitter) => {
      const delay = jitterMs(jobId, instant, jitter);
      expect(Number.isInteger(delay) && delay >= 0 && delay < jitter).toBe(true);
      expect(jitterMs(jobId, instant, jitter)).toBe(delay);
      expect(jitterMs(jobId, instant, `${jitter}ms`)).toBe(delay);
    }),
  );
});

test('these delays are for ever: another value would move fires that are already placed', () => {
  const at = Date.UTC(2026, 10, 22, 19);
  expect([jitterMs('job_a', at, '5m'), jitterMs('job_b', at, '5m'), jitterMs('job_a', at + 60_000, '5m')]).toEqual([
    234_423, 83_877, 253_593,
  ]);
});

test('no jitter is no delay', () => {
  for (const none of [0, -5, 0.5, '0', '-1s', Number.NaN]) expect(jitterMs('job', 0, none)).toBe(0);
  expect(() => jitterMs('job', 0, 'soon')).toThrow(/unvalidated/);
});

/** Chi-squared over 100 equal parts; 99 degrees of freedom exceed 160 once in ten thousand fair samples. */
function unevenness(delays: readonly number[], jitter: number): number {
  const parts = Array.from({ length: 100 }, () => 0);
  for (const delay of delays) {
    const part = Math.floor((delay * 100) / jitter);
    parts[part] = (parts[part] as number) + 1;
  }
  const fair = delays.length / 100;
  return parts.reduce((sum, count) => sum + (count - fair) ** 2 / fair, 0);
}

test('delays fill the jitter evenly, over jobs and over instants', () => {
  const jitter = 300_000;
  const jobs = Array.from({ length: 20_000 }, (_, index) => jitterMs(`job_${index}`, 1_776_265_200_000, jitter));
  const instants = Array.from({ length: 20_000 }, (_, index) =>
    jitterMs('job_1', 1_776_265_200_000 + index * 60_000, jitter),
  );
  expect(unevenness(jobs, jitter)).toBeLessThan(160);
  expect(unevenness(instants, jitter)).toBeLessThan(160);
});
