/**
 * Instants: integers of milliseconds since 1970 inside, RFC 3339 in UTC on every way out.
 * Reading takes any offset and any number of fraction digits; what is below a millisecond is dropped.
 */
import { dayMs, dayNumber, minuteMs, monthLength } from '../lib/calendar.ts';
import type { Problem } from './problem.ts';

/** Milliseconds since 1970-01-01T00:00:00Z, a whole number. */
export type EpochMs = number;

/** The furthest instant, either way, that `Date` and `Temporal` can hold: about the year 275760. */
export const epochMsMax: EpochMs = 8.64e15;

export type InstantResult =
  | { readonly ok: true; readonly epochMs: EpochMs }
  | { readonly ok: false; readonly problem: Problem };

const rfc3339 =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))$/;

/** How much of a wrong text is repeated in a message. */
const quotedMax = 60;

/** The first part that is outside its range, as a sentence. */
function rangeProblem(parts: Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>): string | null {
  if (parts.month < 1 || parts.month > 12) return 'months run from 01 to 12';
  const length = monthLength(parts.year, parts.month);
  if (parts.day < 1 || parts.day > length) return `that month has ${length} days`;
  if (parts.hour > 23) return 'hours run from 00 to 23; midnight is 00:00:00 of the next day';
  if (parts.minute > 59) return 'minutes run from 00 to 59';
  if (parts.second > 59) return 'seconds run from 00 to 59; leap seconds are not supported';
  return null;
}

/** What a text that is not even shaped like RFC 3339 most likely lacks. */
function shapeProblem(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return 'the time is missing; write it as 2026-04-15T15:00:00Z';
  if (/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text)) {
    return 'the offset is missing; end it with Z for UTC or an offset such as +02:00, as in 2026-04-15T15:00:00Z';
  }
  return 'write it in RFC 3339, as in 2026-04-15T15:00:00Z or 2026-04-15T15:00:00+02:00';
}

/**
 * Reads RFC 3339 with any offset below 24 hours and floors to milliseconds; `t` and `z` may be lower case. Not trimmed.
 * Second 60 and hour 24 are refused. `path` is the field that a problem names; its code is `invalid_instant`.
 */
export function parseInstant(text: string, path = 'time'): InstantResult {
  const refuse = (why: string): InstantResult => {
    const shown = JSON.stringify(text.length > quotedMax ? `${text.slice(0, quotedMax)}…` : text);
    const message = `${shown} is not an instant: ${why}.`;
    return { ok: false, problem: { path, code: 'invalid_instant', message, value: text } };
  };
  const match = rfc3339.exec(text);
  if (match === null) return refuse(shapeProblem(text));
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const outside = rangeProblem({ year, month, day, hour, minute, second });
  if (outside !== null) return refuse(outside);
  const offsetHour = Number(match[9] ?? 0);
  const offsetMinute = Number(match[10] ?? 0);
  if (offsetHour > 23 || offsetMinute > 59) return refuse('offsets run from -23:59 to +23:59');
  const offset = (offsetHour * 60 + offsetMinute) * (match[8] === '-' ? -minuteMs : minuteMs);
  // The digits count upwards from the second also before 1970, so cutting them is a floor for every year.
  const milliseconds = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const ofDay = (hour * 60 + minute) * minuteMs + second * 1000 + milliseconds;
  return { ok: true, epochMs: dayNumber(year, month, day) * dayMs + ofDay - offset };
}

/**
 * RFC 3339 in UTC with milliseconds: `2026-11-22T19:00:00.000Z`. Years that RFC 3339 cannot write (before 0 or after 9999,
 * which only an offset at the very edge can produce) come in ISO 8601's six-digit form, `+010000-01-01T00:00:00.000Z`.
 * Throws on what is no instant at all: a fraction, NaN, or beyond {@link epochMsMax}.
 */
export function formatInstant(epochMs: EpochMs): string {
  // What happens at one instant is told many times.
  if (epochMs === formatted.at) return formatted.text;
  if (!Number.isInteger(epochMs) || Math.abs(epochMs) > epochMsMax) {
    throw new RangeError(`formatInstant was given ${epochMs}, which is not a whole number of milliseconds in range`);
  }
  formatted = { at: epochMs, text: new Date(epochMs).toISOString() };
  return formatted.text;
}

let formatted = { at: Number.NaN, text: '' };
