/**
 * Reads out of a sentence when an account is free again: `try again at 5:33 PM`, `resets 3pm (Europe/Paris)`,
 * `try again in 2 days 3 hours`, `will reset after 1h2m3s`. These are the words of the programs as they are today; what
 * is not understood is undefined, never a guess. Pure.
 */
import type { EpochMs } from '../model/instant.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const UNIT_MS: Readonly<Record<string, number>> = { d: DAY_MS, h: 3_600_000, m: 60_000, s: 1000 };
const AMOUNT = '\\d+(?:\\.\\d+)?\\s*(?:days?|hours?|hrs?|minutes?|mins?|seconds?|secs?|[dhms])';
const AFTER = new RegExp(
  `\\b(?:(?:again|resets?|retry|available|back)\\s+(?:in|after)|reset after)\\s+(${AMOUNT}(?:[\\s,]*(?:and\\s+)?${AMOUNT})*)`,
  'i',
);
/** The optional date is the one that Codex writes: `Nov 28th, 2026 5:13 PM`. */
const AT =
  /\b(?:again at|resets?(?: at)?|available at)\s+(?:([A-Z][a-z]{2})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?,? (?:(\d{4}),? )?(?:at )?)?(\d{1,2})(?::(\d{2}))?\s*([ap])\.?m\b\.?(?:\s*\(([A-Za-z_]+(?:\/[A-Za-z_+-]+){0,2})\))?/i;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** `zone` is that of wall times that name none; the system's when absent. */
export function spokenReset(p: { text: string; now: EpochMs; zone?: string }): EpochMs | undefined {
  const after = AFTER.exec(p.text)?.[1];
  if (after !== undefined) return p.now + sumOf(after);
  const at = AT.exec(p.text);
  return at === null ? undefined : wallTime(at, p);
}

function sumOf(amounts: string): number {
  let sum = 0;
  for (const [, number, unit] of amounts.matchAll(/(\d+(?:\.\d+)?)\s*([dhms])/gi)) {
    sum += Number(number) * (UNIT_MS[unit!.toLowerCase()] ?? 0);
  }
  return sum;
}

function wallTime(at: RegExpExecArray, p: { now: EpochMs; zone?: string }): EpochMs | undefined {
  const [, monthName, day, year, hourText, minute = '0', half, named] = at;
  const zone = named ?? p.zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const hour = (Number(hourText) % 12) + (half!.toLowerCase() === 'p' ? 12 : 0);
  try {
    const today = Temporal.Instant.fromEpochMilliseconds(p.now).toZonedDateTimeISO(zone);
    const time = { hour, minute: Number(minute), second: 0, millisecond: 0, microsecond: 0, nanosecond: 0 };
    if (monthName !== undefined) {
      const month = MONTHS.indexOf(monthName.toLowerCase()) + 1;
      return today.with({ year: Number(year ?? today.year), month, day: Number(day), ...time }).epochMilliseconds;
    }
    const then = today.with(time);
    // The minute that is named may have begun already.
    return (then.epochMilliseconds + 60_000 <= p.now ? then.add({ days: 1 }) : then).epochMilliseconds;
  } catch {
    // A zone or a date that does not exist.
    return undefined;
  }
}
