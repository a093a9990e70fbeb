import fc from 'fast-check';
import { expect, test } from 'vitest';
import { earliestAcceptance } from './fire-limit.ts';

const limit = { max: 2, window: '10s' };
const table: [string, number[], number, number][] = [
  ['nothing accepted yet: at once', [], 100_000, 100_000],
  ['below the limit: at once', [99_000], 100_000, 100_000],
  ['at the limit: when the oldest that counts leaves the window', [95_000, 99_000], 100_000, 105_000],
  ['a run accepted exactly a window ago no longer counts', [90_000, 99_000], 100_000, 100_000],
  ['one millisecond less than a window ago still counts', [90_001, 99_000], 100_000, 100_001],
  ['deferred ones queue up behind one another', [95_000, 99_000, 105_000, 109_000], 100_000, 115_000],
  ['older acceptances than the newest max do not matter', [1, 2, 3, 89_000, 99_000], 100_000, 100_000],
];
test.each(table)('%s', (_title, accepted, at, earliest) => {
  expect(earliestAcceptance({ limit, accepted, at })).toBe(earliest);
});

test('whatever is asked for and when, no window ever holds more than the limit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.record({ wait: fc.integer({ min: 0, max: 8000 }), delay: fc.integer({ min: 0, max: 30_000 }) }), {
        minLength: 1,
        maxLength: 40,
      }),
      (max, asks) => {
        const accepted: number[] = [];
        let now = 0;
        for (const { wait, delay } of asks) {
          now += wait;
          const counted = accepted.filter((at) => at > now - 10_000).toSorted((a, b) => a - b);
          accepted.push(
            earliestAcceptance({ limit: { max, window: '10s' }, accepted: counted.slice(-max), at: now + delay }),
          );
        }
        for (const end of accepted) {
          expect(accepted.filter((at) => at > end - 10_000 && at <= end).length).toBeLessThanOrEqual(max);
        }
      },
    ),
  );
});
