import { describe, expect, it } from 'vitest';
import { elapsedText, epochOf, localTime, relativeTime, wallTime, whenText } from './time-text.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('times for people', () => {
  const relative = (ms: number, text: string): void => expect(relativeTime(1e12 + ms, 1e12)).toBe(text);
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
  it('a wall time shows its weekday, seconds only where there are any', () => {
    expect(wallTime('2026-11-23T09:00:00')).toBe('Mon 2026-11-23 09:00');
    expect(wallTime('2026-11-22T20:38:05.089')).toBe('Sun 2026-11-22 20:38:05');
    expect(wallTime('1969-12-31T00:00:00')).toBe('Wed 1969-12-31 00:00');
  });
  it('an instant is shown on the wall clock of the zone', () => {
    expect(localTime(Date.UTC(2026, 10, 23, 8), 'Europe/Paris')).toBe('2026-11-23 09:00:00');
    expect(epochOf('2026-11-23T08:00:00.000Z')).toBe(Date.UTC(2026, 10, 23, 8));
    expect(epochOf(undefined)).toBeUndefined();
  });
  it('days of an age are hours for the API, everything else stays', () => {
    expect(whenText('7d')).toBe('168h');
    expect(whenText('2h')).toBe('2h');
    expect(whenText('2026-11-23T08:00:00Z')).toBe('2026-11-23T08:00:00Z');
  });
});
