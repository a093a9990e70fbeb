import fc from 'fast-check';
import { expect, test } from 'vitest';
import { civilDate, dayMs, dayNumber, isLeapYear, monthLength, weekdayOf } from './calendar.ts';

test('every day number agrees with Date, there and back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -99_999_999, max: 99_999_999 }), (days) => {
      const date = new Date(days * dayMs);
      const civil = civilDate(days);
      expect(civil).toEqual({
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
      });
      expect(dayNumber(civil.year, civil.month, civil.day)).toBe(days);
      expect(weekdayOf(days)).toBe(date.getUTCDay());
    }),
    { numRuns: 2000 },
  );
});

test('a month ends where the next one begins', () => {
  for (const year of [-4, 0, 4, 100, 1900, 2000, 2024, 2026, 2100]) {
    for (let month = 1; month <= 12; month += 1) {
      const following = month === 12 ? dayNumber(year + 1, 1, 1) : dayNumber(year, month + 1, 1);
      expect(following - dayNumber(year, month, 1)).toBe(monthLength(year, month));
    }
  }
});

test('centuries are leap years only every fourth time', () => {
  expect([1900, 2000, 2024, 2026, 2100, 2400].map(isLeapYear)).toEqual([false, true, true, false, false, true]);
});
