/**
 * A short name for the instants of a schedule. The engine compares it with the one in the cursor: if they differ,
 * the definition was edited in a way that moves instants, and the cursor is placed anew.
 * Policy on missed fires and jitter leave instants where they are, so they are not part of it.
 */
import { sha256Hex } from '../../lib/hash.ts';
import {
  cronOf,
  dstOf,
  givenInstant,
  givenText,
  intervalMsOf,
  ScheduleError,
  unknownMode,
  zoneOf,
} from './schedule-reading.ts';
import type { ScheduleSpec } from './schedule-spec.ts';

/** 64 bits: enough to tell one job's versions apart, short enough to read. */
const hexDigits = 16;

/**
 * What decides the instants, in its one spelling. Zone and daylight saving only where a wall clock is followed:
 * the grid of `every` and the instant of `at` are the same in every zone.
 */
function whatFires(spec: ScheduleSpec, timezone: string): unknown[] {
  switch (spec.mode) {
    case 'cron': {
      const cron = cronOf(spec);
      const { gap, overlap } = dstOf(spec);
      const days = [cron.monthDays, cron.months, cron.weekdays, cron.bothDays];
      const times = [cron.minutesLow, cron.minutesHigh, cron.hours];
      // A wildcard hour does not look at the daylight saving rule.
      return [...times, ...days, zoneOf(spec, timezone).id, cron.wildcardHour ? 'cadence' : `${gap} ${overlap}`];
    }
    case 'every':
      return [intervalMsOf(spec)];
    case 'at':
      return [givenInstant(spec.time, 'time')];
    default:
      throw unknownMode(spec.mode);
  }
}

/** The texts themselves, for a schedule that cannot be read: it has no instants, but an edit must still be noticed. */
function asWritten(spec: ScheduleSpec, timezone: string): unknown[] {
  const { expr, interval, time, timezone: own, start_at, end_at, dst } = spec;
  const texts = [expr, interval, time, own, start_at, end_at].map((text) => givenText(text));
  return ['unreadable', ...texts, dst?.gap ?? null, dst?.overlap ?? null, timezone];
}

/**
 * Sixteen hexadecimal digits over everything that changes the instants: mode, what the expression, interval or time mean,
 * the effective zone (`timezone` is the automation's), the window and the daylight saving rule. Different spellings of the
 * same instants (`60s` and `1m`, `sun` and `0`, more or less white space) have the same hash. A schedule that
 * cannot be read has a hash too.
 */
export function scheduleHash(spec: ScheduleSpec, timezone: string): string {
  let parts: unknown[];
  try {
    const window = [givenInstant(spec.start_at, 'start_at'), givenInstant(spec.end_at, 'end_at')];
    parts = [spec.mode, ...whatFires(spec, timezone), ...window];
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    parts = [spec.mode, ...asWritten(spec, timezone)];
  }
  return sha256Hex(JSON.stringify(parts)).slice(0, hexDigits);
}
