/**
 * Schedules as one short text, the form of `--schedule` and of `schedule = "…"` in files:
 * `0 9 * * 1-5`, `every:30m`, `at:2026-12-01T09:00` (wall time), `at:2026-12-01T09:00:00+01:00`, `at:18:30`.
 * The result is a whole {@link ScheduleSpec}; nothing of the text is kept.
 */
import { isBlank, trimSpace } from '../../lib/go-text.ts';
import { formatInstant, parseInstant, type EpochMs } from '../instant.ts';
import type { Problem } from '../problem.ts';
import { validateScheduleSpec } from '../validation/schedule.ts';
import type { ScheduleSpec } from './schedule-spec.ts';
import { findTimeZone, timeZoneAdvice } from './time-zone.ts';

export interface ScheduleTextContext {
  /** The zone that a wall time is meant in. */
  readonly timezone: string;
  /**
   * What a time of day without a date counts from. Absent where a text must mean the same whenever it is read, as in a
   * file: then such a time is refused.
   */
  readonly now?: EpochMs;
}

export type ScheduleTextResult =
  | { readonly ok: true; readonly schedule: ScheduleSpec }
  | { readonly ok: false; readonly problem: Problem };

const FORMS = '"0 9 * * 1-5" (cron), "every:30m" or "at:2026-12-01T09:00"';
const TEXT_LENGTH_MAX = 256;

/**
 * Reads a schedule text. A wall time follows the default rule for daylight saving: one that does not exist means the
 * instant at which the gap ends, one that happens twice its first occurrence. `path` begins the path of a problem.
 */
export function parseScheduleText(text: string, context: ScheduleTextContext, path = 'schedule'): ScheduleTextResult {
  if (isBlank(text)) return refuse({ path, code: 'required', message: `A schedule is needed: ${FORMS}.` });
  if (text.length > TEXT_LENGTH_MAX) {
    return refuse({
      path,
      code: 'out_of_range',
      message: `A schedule has at most ${TEXT_LENGTH_MAX} characters: ${FORMS}.`,
    });
  }
  const { form, rest } = takeForm(trimSpace(text));
  switch (form) {
    case 'every':
      return judged({ mode: 'every', interval: rest }, path);
    case 'at':
      return readAt(rest, context, path);
    case 'cron':
      return judged({ mode: 'cron', expr: rest }, path);
  }
}

/** What stands before the colon, where it is one of the three words; everything else is a cron expression. */
function takeForm(text: string): { form: 'cron' | 'every' | 'at'; rest: string } {
  const match = /^(cron|every|at)(?::|\s+(?=\S))(.*)$/is.exec(text);
  if (match === null) return { form: 'cron', rest: text };
  return { form: match[1]!.toLowerCase() as 'cron' | 'every' | 'at', rest: trimSpace(match[2]!) };
}

function refuse(problem: Problem): ScheduleTextResult {
  return { ok: false, problem };
}

/** The model's own validator has the last word; its first problem is told about the text as a whole. */
function judged(schedule: ScheduleSpec, path: string): ScheduleTextResult {
  const [problem] = validateScheduleSpec(schedule, path);
  return problem === undefined ? { ok: true, schedule } : refuse({ ...problem, path });
}

const wallTime = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(:\d{2})?$/;
const timeOfDay = /^(\d{2}:\d{2})(:\d{2})?$/;

function readAt(text: string, context: ScheduleTextContext, path: string): ScheduleTextResult {
  // Checked before the zone: an instant with an offset means the same in every zone.
  if (/([Zz]|[+-]\d{2}:\d{2})$/.test(text) && /[Tt]/.test(text)) {
    const result = parseInstant(text, path);
    return result.ok ? judged({ mode: 'at', time: text }, path) : refuse(result.problem);
  }
  const zone = findTimeZone(context.timezone);
  if (zone === null) {
    const message = `${JSON.stringify(context.timezone)} is not a time zone: ${timeZoneAdvice(context.timezone)}.`;
    return refuse({ path, code: 'unknown_timezone', message, value: context.timezone });
  }
  const wall = wallTime.exec(text);
  if (wall !== null)
    return readWallTime({ date: wall[1]!, time: `${wall[2]!}${wall[3] ?? ':00'}`, zone: zone.id, path });
  const clock = timeOfDay.exec(text);
  if (clock !== null) return readTimeOfDay({ time: `${clock[1]!}${clock[2] ?? ':00'}`, zone: zone.id, path, context });
  const message = `${JSON.stringify(text)} is not an instant: write at:2026-12-01T09:00 (wall time) or at:2026-12-01T09:00:00+01:00.`;
  return refuse({ path, code: 'invalid_instant', message, value: text });
}

function readWallTime(p: { date: string; time: string; zone: string; path: string }): ScheduleTextResult {
  // RFC 3339's own checks of ranges, with any offset: Temporal would accept a 60th second.
  const ranges = parseInstant(`${p.date}T${p.time}Z`, p.path);
  if (!ranges.ok) return refuse(ranges.problem);
  const wall = Temporal.PlainDateTime.from(`${p.date}T${p.time}`);
  return judged({ mode: 'at', time: instantText(zonedByDefaultRule(wall, p.zone)) }, p.path);
}

/** The next time the clock on the wall shows it: today if that is still to come, else tomorrow. */
function readTimeOfDay(p: {
  time: string;
  zone: string;
  path: string;
  context: ScheduleTextContext;
}): ScheduleTextResult {
  const { now } = p.context;
  if (now === undefined) {
    const message =
      'A time without a date would mean another instant every time this is read; write the date too, as in at:2026-12-01T09:00.';
    return refuse({ path: p.path, code: 'invalid_instant', message, value: p.time });
  }
  const ranges = parseInstant(`2000-01-01T${p.time}Z`, p.path);
  if (!ranges.ok) return refuse({ ...ranges.problem, value: p.time });
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(p.zone).toPlainDate();
  const time = Temporal.PlainTime.from(p.time);
  // A gap can move a wall time of today past now, and one of tomorrow never before it: two days are enough, save where
  // a whole day is missing (Apia, 2011), hence the third.
  for (let days = 0; days <= 2; days += 1) {
    const zoned = zonedByDefaultRule(today.add({ days }).toPlainDateTime(time), p.zone);
    if (zoned.epochMilliseconds > now) return judged({ mode: 'at', time: instantText(zoned) }, p.path);
  }
  return refuse({
    path: p.path,
    code: 'invalid_instant',
    message: 'There is no such time in the next days.',
    value: p.time,
  });
}

function zonedByDefaultRule(wall: Temporal.PlainDateTime, zone: string): Temporal.ZonedDateTime {
  const zoned = wall.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (zoned.toPlainDateTime().equals(wall)) return zoned;
  // In a gap, Temporal's `earlier` answers an instant before it; the gap ends at the next change of the zone.
  return zoned.getTimeZoneTransition('next') ?? zoned;
}

/** With the zone's offset, so that people find again what they wrote: `2026-12-01T09:00:00+01:00`. */
function instantText(zoned: Temporal.ZonedDateTime): string {
  const text = zoned.toString({ timeZoneName: 'never', smallestUnit: 'second' });
  // Old local mean times have offsets with seconds, and years may need more than four digits; RFC 3339 has neither.
  return parseInstant(text).ok ? text : formatInstant(zoned.epochMilliseconds);
}
