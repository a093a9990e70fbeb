/**
 * The texts of a schedule, read once more into values, for whoever needs instants from it. Validation came first and reports
 * every mistake; here the first one is thrown, because only a stored row that went bad or a zone that vanished gets this far.
 */
import { isBlank, trimSpace } from '../../lib/go-text.ts';
import { durationMs, parseDuration } from '../duration.ts';
import { parseInstant, type EpochMs } from '../instant.ts';
import type { Problem } from '../problem.ts';
import { atFires } from './at-fires.ts';
import { CronCalendar } from './cron-calendar.ts';
import { parseCron, type CronExpression } from './cron-expression.ts';
import { CronFires } from './cron-fires.ts';
import { everyFires } from './every-fires.ts';
import type { Fires } from './fires.ts';
import type { DstRule, ScheduleSpec } from './schedule-spec.ts';
import { findTimeZone, timeZoneAdvice, type TimeZone } from './time-zone.ts';

/** Why a schedule could not be compiled; the engine parks the job with this problem shown. */
export class ScheduleError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.name = 'ScheduleError';
    this.problem = problem;
  }
}

/** The text of an optional field, trimmed; blank counts as absent, as it does in validation. */
export function givenText(text: string | undefined): string | null {
  return text === undefined || isBlank(text) ? null : trimSpace(text);
}

function requiredText(text: string | undefined, path: string): string {
  const given = givenText(text);
  if (given !== null) return given;
  throw new ScheduleError({ path, code: 'required', message: `This mode needs the field ${path}.` });
}

/** The instant of an optional field, null when absent. Throws {@link ScheduleError}. */
export function givenInstant(text: string | undefined, path: string): EpochMs | null {
  const given = givenText(text);
  if (given === null) return null;
  const result = parseInstant(given, path);
  if (!result.ok) throw new ScheduleError(result.problem);
  return result.epochMs;
}

/** The expression of a cron schedule. Throws {@link ScheduleError}. */
export function cronOf(spec: ScheduleSpec): CronExpression {
  const result = parseCron(requiredText(spec.expr, 'expr'), 'expr');
  if (!result.ok) throw new ScheduleError(result.problem);
  return result.cron;
}

/** The interval in milliseconds of an `every` schedule, at least 1. Throws {@link ScheduleError}. */
export function intervalMsOf(spec: ScheduleSpec): number {
  const text = requiredText(spec.interval, 'interval');
  const result = parseDuration(text, 'interval');
  if (!result.ok) throw new ScheduleError(result.problem);
  if (result.nanoseconds > 0n) return durationMs(text);
  const message = `The interval ${text} is not positive; write a duration such as 30m.`;
  throw new ScheduleError({ path: 'interval', code: 'not_positive', message, value: text });
}

/** For a stored row whose mode no version of this program has written. */
export function unknownMode(mode: never): ScheduleError {
  const message = `${JSON.stringify(mode)} is not a schedule mode; write cron, every or at.`;
  return new ScheduleError({ path: 'mode', code: 'unknown_value', message, value: mode });
}

/** The zone whose wall clock a schedule follows: the one in its expression, else its own, else the given one. */
export function zoneOf(spec: ScheduleSpec, timezone: string): TimeZone {
  const inExpression = spec.mode === 'cron' ? cronOf(spec).zone : null;
  const own = givenText(spec.timezone);
  const name = inExpression ?? own ?? timezone;
  const zone = findTimeZone(name);
  if (zone !== null) return zone;
  const message = `${JSON.stringify(name)} is not a time zone: ${timeZoneAdvice(name)}.`;
  throw new ScheduleError({ path: 'timezone', code: 'unknown_timezone', message, value: name });
}

/** The rule with its defaults. */
export function dstOf(spec: ScheduleSpec): Required<DstRule> {
  return { gap: spec.dst?.gap ?? 'run_after', overlap: spec.dst?.overlap ?? 'first' };
}

/** The fires of a cron schedule without its window, with what previews ask about gaps. Throws {@link ScheduleError}. */
export function cronFiresOf(spec: ScheduleSpec, timezone: string): CronFires {
  const cron = cronOf(spec);
  return new CronFires({
    calendar: new CronCalendar(cron),
    zone: zoneOf(spec, timezone),
    wildcardHour: cron.wildcardHour,
    dst: dstOf(spec),
  });
}

/** The fires of a schedule of any mode, without its window. Throws {@link ScheduleError}. */
export function firesOf(spec: ScheduleSpec, options: { readonly timezone: string; readonly anchor: EpochMs }): Fires {
  switch (spec.mode) {
    case 'cron':
      return cronFiresOf(spec, options.timezone);
    case 'every':
      return everyFires({ intervalMs: intervalMsOf(spec), anchor: options.anchor });
    case 'at':
      requiredText(spec.time, 'time');
      return atFires(givenInstant(spec.time, 'time') as EpochMs);
    default:
      throw unknownMode(spec.mode);
  }
}
