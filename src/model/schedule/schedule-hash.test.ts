import { expect, test } from 'vitest';
import { scheduleHash } from './schedule-hash.ts';
import type { ScheduleSpec } from './schedule-spec.ts';

const cron: ScheduleSpec = { mode: 'cron', expr: '30 2 * * 1-5' };

function checkSame(a: ScheduleSpec, b: ScheduleSpec, timezone = 'UTC'): void {
  expect(scheduleHash(a, 'UTC'), JSON.stringify([a, b])).toBe(scheduleHash(b, timezone));
}

function checkDifferent(a: ScheduleSpec, b: ScheduleSpec, timezone = 'UTC'): void {
  expect(scheduleHash(a, 'UTC'), JSON.stringify([a, b])).not.toBe(scheduleHash(b, timezone));
}

test('a hash is for ever: another value would place every cursor anew', () => {
  const hashes = [
    cron,
    { mode: 'every', interval: '30m' } as const,
    { mode: 'at', time: '2026-04-15T15:00:00Z' } as const,
  ];
  expect(hashes.map((spec) => scheduleHash(spec, 'Europe/Paris'))).toEqual([
    'ca48ffb8481f76d0',
    '5252c0f51dc53487',
    'b1da4fae151dfd0d',
  ]);
});

test('spellings of the same instants share a hash', () => {
  checkSame(cron, { mode: 'cron', expr: ' 30\t2  * * mon-FRI ' });
  checkSame(cron, { ...cron, timezone: ' UTC ', start_at: '', dst: { gap: 'run_after' } });
  checkSame(cron, { mode: 'cron', expr: 'TZ=UTC 30 2 * * 1-5', timezone: 'Asia/Tokyo' }, 'Europe/Paris');
  checkSame({ mode: 'every', interval: '90s' }, { mode: 'every', interval: '1m30s' });
  checkSame({ mode: 'at', time: '2026-04-15T15:00:00Z' }, { mode: 'at', time: '2026-04-15T17:00:00+02:00' });
});

test('policy and jitter do not count', () => {
  checkSame(cron, {
    ...cron,
    jitter: '5m',
    catch_up_policy: 'replay',
    misfire_grace_seconds: 5,
    catch_up_max: 7,
    catch_up_window: '1h',
  });
});

test('everything that moves an instant counts', () => {
  checkDifferent(cron, { ...cron, expr: '31 2 * * 1-5' });
  checkDifferent(cron, { ...cron, expr: '30 2 * * 1-5', timezone: 'Europe/Paris' });
  checkDifferent(cron, cron, 'Europe/Paris');
  checkDifferent(cron, { ...cron, start_at: '2026-01-01T00:00:00Z' });
  checkDifferent({ ...cron, start_at: '2026-01-01T00:00:00Z' }, { ...cron, end_at: '2026-01-01T00:00:00Z' });
  checkDifferent(cron, { ...cron, dst: { gap: 'skip' } });
  checkDifferent(cron, { ...cron, dst: { overlap: 'both' } });
  checkDifferent({ mode: 'cron', expr: '0 0 13 * */1' }, { mode: 'cron', expr: '0 0 13 * 0-6' });
  checkDifferent({ mode: 'cron', expr: '30 * * * *' }, { mode: 'cron', expr: '30 0-23 * * *' });
  checkDifferent({ mode: 'every', interval: '90s' }, { mode: 'every', interval: '91s' });
  checkDifferent({ mode: 'at', time: '2026-04-15T15:00:00Z' }, { mode: 'at', time: '2026-04-15T15:00:00.001Z' });
});

test('the zone counts only where a wall clock is followed, and the rule only for fixed hours', () => {
  checkSame(
    { mode: 'every', interval: '90s' },
    { mode: 'every', interval: '90s', timezone: 'Europe/Paris' },
    'Asia/Tokyo',
  );
  checkSame(
    { mode: 'cron', expr: '5 * * * *' },
    { mode: 'cron', expr: '5 * * * *', dst: { gap: 'skip', overlap: 'both' } },
  );
});

test('a schedule that cannot be read still shows an edit', () => {
  const broken: ScheduleSpec = { mode: 'cron', expr: 'soon' };
  checkSame(broken, { ...broken });
  checkDifferent(broken, { ...broken, expr: 'later' });
  checkDifferent(broken, { ...broken, timezone: 'Asia/Tokyo' });
  checkDifferent({ ...cron, timezone: 'Atlantis' }, { ...cron, timezone: 'Lemuria' });
  checkDifferent({ mode: 'weekly' } as unknown as ScheduleSpec, { mode: 'monthly' } as unknown as ScheduleSpec);
});
