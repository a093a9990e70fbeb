import { expect, it } from 'vitest';
import { instantOfWall, wallClockOf } from './zone-text.ts';

const at = (wall: string, zone: string): string => new Date(instantOfWall(wall, zone)).toISOString().slice(0, 16);

it.each([
  ['a winter morning', '2026-12-01T09:00', 'Europe/Paris', '2026-12-01T08:00'],
  ['a summer morning', '2026-07-01T09:00', 'Europe/Paris', '2026-07-01T07:00'],
  ['west of Greenwich', '2026-12-01T09:00', 'America/New_York', '2026-12-01T14:00'],
  ['half an hour off', '2026-12-01T09:00', 'Asia/Kolkata', '2026-12-01T03:30'],
  ['the first of two', '2026-10-25T02:30', 'Europe/Paris', '2026-10-25T00:30'],
  ['a wall time that does not exist', '2026-03-29T02:30', 'Europe/Paris', '2026-03-29T01:30'],
])('%s', (_, wall, zone, instant) => expect(at(wall, zone)).toBe(instant));

it('a clock is read back as it was written', () => {
  expect(wallClockOf(instantOfWall('2026-12-01T09:00', 'Asia/Tokyo'), 'Asia/Tokyo')).toBe('2026-12-01T09:00');
});
