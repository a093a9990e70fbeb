/** Instants as a person at a terminal reads them; lengths of time are in lib/span-text.ts. Nothing here asks for the time. */
import { parseInstant, type EpochMs } from '../model/instant.ts';

const DAY = 86_400_000;

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
