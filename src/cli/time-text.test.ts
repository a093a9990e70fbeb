import { describe, expect, it } from 'vitest';
import { epochOf, localTime, wallTime, whenText } from './time-text.ts';

describe('times for people', () => {
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
