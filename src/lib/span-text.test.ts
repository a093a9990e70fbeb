import { describe, expect, it } from 'vitest';
import { elapsedText, relativeText } from './span-text.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('lengths of time for people', () => {
  const relative = (ms: number, text: string): void => expect(relativeText(1e12 + ms, 1e12)).toBe(text);
  it('an instant is told by its distance, in the units that matter', () => {
    relative(0, 'now');
    relative(-900, 'now');
    relative(20 * second, 'in 20 s');
    relative(minute + 21 * second, 'in 1 min 21 s');
    relative(12 * minute + 30 * second, 'in 12 min');
    relative(-(2 * hour + 10 * minute), '2 h 10 min ago');
    relative(35 * hour, 'in 1 day 11 h');
    relative(-2 * day, '2 days ago');
    relative(9 * day + 5 * hour, 'in 9 days');
  });
  const elapsed = (ms: number, text: string): void => expect(elapsedText(ms)).toBe(text);
  it('a length is exact where it is short', () => {
    elapsed(-3, '0 ms');
    elapsed(85.4, '85 ms');
    elapsed(1249, '1.2 s');
    elapsed(9999, '9.9 s');
    elapsed(59_999, '59 s');
    elapsed(3 * minute + 5 * second, '3 min 5 s');
    elapsed(2 * hour + 10 * minute, '2 h 10 min');
  });
});
