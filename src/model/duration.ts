/**
 * Durations as people write them here: Go's `time.ParseDuration` and `Duration.String`, to the nanosecond.
 * Inside, a duration is a number of whole milliseconds; {@link durationMs} is the only way from one to the other.
 */
import type { Problem } from './problem.ts';

export type DurationResult =
  | { readonly ok: true; readonly nanoseconds: bigint }
  | { readonly ok: false; readonly problem: Problem };

const nanosecondsPerUnit: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n], // micro sign
  ['\u03bcs', 1_000n], // Greek mu
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

/** What people write from habit, and what to write instead. */
const unitsOfHabit: ReadonlyMap<string, string> = new Map([
  ...['d', 'day', 'days'].map((unit) => [unit, 'days are not a unit; write 24h for one day'] as const),
  ...['w', 'week', 'weeks'].map((unit) => [unit, 'weeks are not a unit; write 168h for one week'] as const),
  ...['sec', 'secs', 'second', 'seconds'].map((unit) => [unit, 'write s for seconds'] as const),
  ...['min', 'mins', 'minute', 'minutes'].map((unit) => [unit, 'write m for minutes'] as const),
  ...['hr', 'hrs', 'hour', 'hours'].map((unit) => [unit, 'write h for hours'] as const),
]);

/** The magnitude of the lowest duration, −2^63 ns; the highest is one nanosecond less. */
const magnitudeMax = 1n << 63n;

/** A number, its fraction and its unit; the unit is whatever stands before the next digit or dot. */
const component = /([0-9]*)(\.([0-9]*))?([^0-9.]*)/y;

/** How much of a wrong text is repeated in a message. */
const quotedMax = 60;

function quoted(text: string): string {
  return JSON.stringify(text.length > quotedMax ? `${text.slice(0, quotedMax)}…` : text);
}

/** Digits as a number, or null when they exceed what a duration can hold. Leading zeros cost nothing. */
function magnitudeOf(digits: string): bigint | null {
  const significant = digits.replace(/^0+/, '');
  if (significant.length > 19) return null;
  const value = BigInt(significant === '' ? '0' : significant);
  return value > magnitudeMax ? null : value;
}

/**
 * The nanoseconds of a fraction, truncated. Goes through floating point as Go does, so that the last digit agrees:
 * digits count only as long as they fit 63 bits, then `fraction × (unit / scale)`.
 */
function fractionNanoseconds(digits: string, unit: bigint): bigint {
  let fraction = 0n;
  let scale = 1;
  for (const digit of digits) {
    if (fraction > (magnitudeMax - 1n) / 10n) break;
    const grown = fraction * 10n + BigInt(digit);
    if (grown > magnitudeMax) break;
    fraction = grown;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(fraction) * (Number(unit) / scale)));
}

/** The nanoseconds of unsigned components, or the sentence that says what is wrong with them. */
function magnitudeOfComponents(text: string): bigint | string {
  let total = 0n;
  component.lastIndex = 0;
  while (component.lastIndex < text.length) {
    const match = component.exec(text);
    const [, whole = '', point, fraction = '', unitName = ''] = match ?? [];
    if (whole === '' && fraction === '') {
      return point === undefined
        ? 'a number must stand before each unit, as in 1h30m'
        : 'a dot needs a digit beside it';
    }
    if (unitName === '') return 'a number has no unit; write ns, us, ms, s, m or h after it, as in 90s';
    const unit = nanosecondsPerUnit.get(unitName);
    if (unit === undefined) {
      return unitsOfHabit.get(unitName) ?? `${quoted(unitName)} is not a unit; use ns, us, ms, s, m or h, as in 1h30m`;
    }
    const tooLong = 'longer than a duration can be (about 292 years)';
    const value = magnitudeOf(whole);
    if (value === null || value > magnitudeMax / unit) return tooLong;
    const nanoseconds = value * unit + fractionNanoseconds(fraction, unit);
    if (nanoseconds > magnitudeMax) return tooLong;
    // Go adds in 64 bits without a sign: two components of exactly 2^63 ns make zero there, and so they do here.
    total = BigInt.asUintN(64, total + nanoseconds);
    if (total > magnitudeMax) return tooLong;
  }
  return total;
}

/**
 * Reads Go duration text (`90s`, `1h30m`, `-1.5h`, `0`), not trimmed: the caller decides what surrounding space means.
 * `path` is the field that a problem names; its code is `invalid_duration`.
 */
export function parseDuration(text: string, path = 'duration'): DurationResult {
  const refuse = (why: string): DurationResult => ({
    ok: false,
    problem: { path, code: 'invalid_duration', message: `${quoted(text)} is not a duration: ${why}.`, value: text },
  });
  const negative = text.startsWith('-');
  const unsigned = negative || text.startsWith('+') ? text.slice(1) : text;
  if (unsigned === '0') return { ok: true, nanoseconds: 0n };
  if (unsigned === '') return refuse('write a number and a unit, as in 90s or 1h30m');
  const magnitude = magnitudeOfComponents(unsigned);
  if (typeof magnitude === 'string') return refuse(magnitude);
  if (!negative && magnitude === magnitudeMax) return refuse('longer than a duration can be (about 292 years)');
  return { ok: true, nanoseconds: negative ? -magnitude : magnitude };
}

/** A whole part and a fraction of `digits` places without trailing zeros: `1.5`, `3`. */
function decimal(value: bigint, digits: number): string {
  const scale = 10n ** BigInt(digits);
  const fraction = (value % scale).toString().padStart(digits, '0').replace(/0+$/, '');
  return fraction === '' ? `${value / scale}` : `${value / scale}.${fraction}`;
}

/** Go's `Duration.String`: `1h30m0s`, `1.5s`, `250ms`, `0s`. The same duration has one spelling. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds < 0n) return `-${formatDuration(-nanoseconds)}`;
  if (nanoseconds === 0n) return '0s';
  if (nanoseconds < 1_000n) return `${nanoseconds}ns`;
  if (nanoseconds < 1_000_000n) return `${decimal(nanoseconds, 3)}\u00b5s`;
  if (nanoseconds < 1_000_000_000n) return `${decimal(nanoseconds, 6)}ms`;
  const seconds = `${decimal(nanoseconds % 60_000_000_000n, 9)}s`;
  const minutes = nanoseconds / 60_000_000_000n;
  if (minutes === 0n) return seconds;
  if (minutes < 60n) return `${minutes}m${seconds}`;
  return `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/**
 * Whole milliseconds of a text that has been validated; fractions of a millisecond are dropped, but a positive duration
 * is at least 1, because an interval or a limit of zero would mean something else. Throws on text that is no duration.
 */
export function durationMs(text: string): number {
  const result = parseDuration(text);
  if (!result.ok) throw new Error(`durationMs was given unvalidated text: ${result.problem.message}`);
  const milliseconds = Number(result.nanoseconds / 1_000_000n);
  return milliseconds === 0 && result.nanoseconds > 0n ? 1 : milliseconds;
}
