/** Instants and durations as a person at a terminal reads them. Nothing here asks for the time. */
import { parseInstant, type EpochMs } from '../model/instant.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The instant of a wire text; undefined for an absent one. What the daemon sent was valid when it left. */
export function epochOf(text: string | undefined): EpochMs | undefined {
  if (text === undefined) return undefined;
  const parsed = parseInstant(text);
  return parsed.ok ? parsed.epochMs : undefined;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** `2026-11-22 09:00:00` on the viewer's wall clock; `timeZone` absent is the system's. */
export function localTime(at: EpochMs, timeZone?: string): string {
  const key = timeZone ?? '';
  let format = formats.get(key);
  if (format === undefined) {
    // Swedish dates are ISO dates, and no other locale's order or separators change with the version of ICU.
    format = new Intl.DateTimeFormat('sv-SE', {
      dateStyle: 'short',
      timeStyle: 'medium',
      ...(timeZone === undefined ? {} : { timeZone }),
    });
    formats.set(key, format);
  }
  return format.format(at);
}

/** `09:00:00` on the viewer's wall clock. */
export function localClock(at: EpochMs, timeZone?: string): string {
  return localTime(at, timeZone).slice(11);
}

/** The two largest units, the second only where it is not nothing and still says something: `3 min`, `2 h 10 min`, `1 day 11 h`. */
function spanText(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return twoUnits({ ms, unit: MINUTE, name: 'min', smallerUnit: SECOND, smaller: 's', smallerUpTo: 10 });
  if (ms < DAY) return twoUnits({ ms, unit: HOUR, name: 'h', smallerUnit: MINUTE, smaller: 'min', smallerUpTo: 24 });
  const name = ms < 2 * DAY ? 'day' : 'days';
  return twoUnits({ ms, unit: DAY, name, smallerUnit: HOUR, smaller: 'h', smallerUpTo: 3 });
}

/** From `smallerUpTo` units on the smaller one is noise. */
function twoUnits(p: {
  ms: number;
  unit: number;
  name: string;
  smallerUnit: number;
  smaller: string;
  smallerUpTo: number;
}): string {
  const count = Math.floor(p.ms / p.unit);
  const rest = Math.floor((p.ms % p.unit) / p.smallerUnit);
  const smaller = rest === 0 || count >= p.smallerUpTo ? '' : ` ${rest} ${p.smaller}`;
  return `${count} ${p.name}${smaller}`;
}

/** `in 5 min`, `2 h 10 min ago`, `now`. */
export function relativeTime(at: EpochMs, now: EpochMs): string {
  const ms = at - now;
  if (Math.abs(ms) < SECOND) return 'now';
  return ms > 0 ? `in ${spanText(ms)}` : `${spanText(-ms)} ago`;
}

/** How long something took: `85 ms`, `1.2 s`, `3 min 5 s`, `2 h 10 min`. */
export function elapsedText(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10 * SECOND) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) {
    const seconds = Math.floor((ms % MINUTE) / SECOND);
    return `${Math.floor(ms / MINUTE)} min${seconds === 0 ? '' : ` ${seconds} s`}`;
  }
  return spanText(ms);
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `Mon 2026-11-23 09:00` for the wire's `2026-11-23T09:00:00`; seconds only where there are any, never fractions. */
export function wallTime(local: string): string {
  const [date = '', clock = ''] = local.split('T');
  const parsed = parseInstant(`${date}T00:00:00Z`);
  const weekday = parsed.ok ? weekdays[(((Math.floor(parsed.epochMs / DAY) + 4) % 7) + 7) % 7] : undefined;
  const seconds = clock.slice(0, 8);
  const shown = seconds.endsWith(':00') ? seconds.slice(0, 5) : seconds;
  return [weekday, date, shown].filter((part) => part !== undefined && part !== '').join(' ');
}

/**
 * `7d` as the API takes it, `168h`; everything else as it is. Days of an age are 24 hours each, as in the retention
 * settings; Go's duration text knows no days because those of a calendar are not.
 */
export function whenText(text: string): string {
  const days = /^(\d{1,6})d$/.exec(text)?.[1];
  return days === undefined ? text : `${Number(days) * 24}h`;
}
