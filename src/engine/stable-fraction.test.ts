import { expect, test } from 'vitest';
import { stableFraction } from './stable-fraction.ts';

test('the same text gives the same number, on every machine', () => {
  expect(stableFraction('catch-up job_a')).toBe(stableFraction('catch-up job_a'));
  expect(stableFraction('')).toBeCloseTo(0.8898, 3);
});

test('many texts are spread evenly over [0, 1)', () => {
  const tenths = Array<number>(10).fill(0);
  for (let n = 0; n < 10_000; n += 1) tenths[Math.floor(stableFraction(`job_${n}`) * 10)]! += 1;
  for (const count of tenths) expect(count).toBeGreaterThan(850);
});
