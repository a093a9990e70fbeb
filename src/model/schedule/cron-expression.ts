/**
 * Cron expressions: five fields, read as robfig/cron v3 reads them (without descriptors), plus Sunday as 7.
 * This file owns the text and its problems. Which days and minutes match is in cron-calendar.ts,
 * which instants those are in a zone in cron-fires.ts.
 */
import { fieldsOf, goLowerCase, trimSpace } from '../../lib/go-text.ts';
import type { Problem } from '../problem.ts';
import { findTimeZone, timeZoneAdvice } from './time-zone.ts';

/** A parsed expression. Each field is a set of bits; two expressions with equal fields fire at the same wall times. */
export interface CronExpression {
  /** The zone of a `TZ=` prefix; null means the schedule's own, also for `TZ=Local`. */
  readonly zone: string | null;
  /** Bit n is minute n, for minutes 0 to 29. Sixty bits do not fit one number that has bit operations. */
  readonly minutesLow: number;
  /** Bit n is minute 30 + n. */
  readonly minutesHigh: number;
  /** Bit n is hour n. */
  readonly hours: number;
  /** Bit n is day n + 1 of the month. */
  readonly monthDays: number;
  /** Bit n is month n + 1. */
  readonly months: number;
  /** Bit 0 is Sunday. */
  readonly weekdays: number;
  /** With a `*` in either day field both must match, else either suffices. */
  readonly bothDays: boolean;
  /** Whether the hour field is `*` or `?`, stepped or not: such a schedule keeps real-time cadence through daylight saving. */
  readonly wildcardHour: boolean;
}

export type CronResult =
  | { readonly ok: true; readonly cron: CronExpression }
  | { readonly ok: false; readonly problem: Problem };

interface FieldRule {
  readonly name: string;
  readonly min: number;
  /** The highest value, where `*` and `N/step` end. */
  readonly max: number;
  /** The highest value a person may write: 7 for Sunday, else `max`. */
  readonly writtenMax: number;
  readonly names: readonly string[];
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const fieldRules = [
  { name: 'minute', min: 0, max: 59, writtenMax: 59, names: [] },
  { name: 'hour', min: 0, max: 23, writtenMax: 23, names: [] },
  { name: 'day of month', min: 1, max: 31, writtenMax: 31, names: [] },
  { name: 'month', min: 1, max: 12, writtenMax: 12, names: monthNames },
  { name: 'day of week', min: 0, max: 6, writtenMax: 7, names: weekdayNames },
] as const satisfies readonly FieldRule[];

const descriptors: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

/** How much of a wrong text is repeated in a message. */
const quotedMax = 60;

/** Thrown inside this file only: a sentence about one range, on its way to the field it stands in. */
class FieldMistake extends Error {}

function quoted(text: string): string {
  return JSON.stringify(text.length > quotedMax ? `${text.slice(0, quotedMax)}…` : text);
}

/** Go's `strconv.Atoi` without the negative numbers: `7`, `007`, `+7`. Null if it is none or exceeds 64 bits. */
function wholeNumber(text: string): number | null {
  if (!/^\+?[0-9]+$/.test(text)) return null;
  const digits = text.replace(/^\+?0*/, '');
  if (digits.length > 19 || (digits.length === 19 && digits > '9223372036854775807')) return null;
  return Number(digits);
}

function valueOf(text: string, rule: FieldRule): number {
  const named = rule.names.indexOf(goLowerCase(text));
  if (named >= 0) return named + rule.min;
  const number = wholeNumber(text);
  if (number !== null) return number;
  if (/^(l|lw|[0-9]+w|[0-9a-z]+l|[0-9a-z]+#[0-9]+)$/i.test(text)) {
    throw new FieldMistake(`${quoted(text)} is not supported: L, W and # belong to other kinds of cron`);
  }
  const kinds = rule.names.length === 0 ? '' : ` or names (${rule.names.slice(0, 3).join(', ')}, …)`;
  throw new FieldMistake(
    text === ''
      ? 'a number is missing beside the "-"'
      : `${quoted(text)} is not a value; use numbers from ${rule.min} to ${rule.writtenMax}${kinds}, *, lists, ranges or steps`,
  );
}

function stepOf(text: string): number {
  const step = wholeNumber(text);
  if (step === null || step === 0)
    throw new FieldMistake(`the step after "/" must be a positive whole number, not ${quoted(text)}`);
  return step;
}

function checkBounds(
  range: { readonly low: number; readonly high: number; readonly text: string },
  rule: FieldRule,
): void {
  const { low, high, text } = range;
  if (low < rule.min) throw new FieldMistake(`${low} is below ${rule.min}`);
  const tooHigh = low > rule.writtenMax ? low : high;
  if (tooHigh > rule.writtenMax) throw new FieldMistake(`${tooHigh} is above ${rule.writtenMax}`);
  if (low > high) throw new FieldMistake(`${quoted(text)} runs backwards; ${backwardsAdvice({ low, high }, rule)}`);
}

function backwardsAdvice(range: { readonly low: number; readonly high: number }, rule: FieldRule): string {
  const { low, high } = range;
  // Only `7/step` gets here with 7: steps count to 6, so they have to start from 0.
  if (low > rule.max) return `steps count from ${rule.min} to ${rule.max}, so start them at ${rule.min} for Sunday`;
  if (rule.writtenMax > rule.max && high === rule.min) return `write 7 for Sunday, as in ${low}-7`;
  return `split it in two, as in ${low}-${rule.max},${rule.min}-${high}`;
}

/** What one field came to. */
interface FieldBits {
  /** Index is the value; true if it matches. */
  readonly matching: boolean[];
  /** A `*` or `?` without a step (or with step 1) is among its items: robfig's star bit. */
  star: boolean;
  /** So far each item is a `*` or `?`, stepped or not. */
  onlyWildcards: boolean;
}

/** `*`, `?`, `N`, `N-M`, each with an optional `/step`. What follows a `*` or `?` up to the step is ignored, as robfig does. */
function addRange(text: string, rule: FieldRule, bits: FieldBits): void {
  const [bounds = '', stepText, ...furtherSteps] = text.split('/');
  const [lowText = '', highText, ...furtherBounds] = bounds.split('-');
  const wildcard = lowText === '*' || lowText === '?';
  const low = wildcard ? rule.min : valueOf(lowText, rule);
  let high: number = wildcard ? rule.max : low;
  if (!wildcard && highText !== undefined) high = valueOf(highText, rule);
  if (!wildcard && furtherBounds.length > 0) throw new FieldMistake(`${quoted(text)} has more than one "-"`);
  if (furtherSteps.length > 0) throw new FieldMistake(`${quoted(text)} has more than one "/"`);
  const step = stepText === undefined ? 1 : stepOf(stepText);
  if (stepText !== undefined && highText === undefined) high = rule.max;
  checkBounds({ low, high, text }, rule);
  for (let value = low; value <= high; value += step) bits.matching[value] = true;
  if (wildcard && step === 1) bits.star = true;
  if (!wildcard) bits.onlyWildcards = false;
}

/** A list of ranges; empty items are passed over, so a field of only commas is a field that never matches. */
function parseField(text: string, rule: FieldRule): FieldBits {
  const bits: FieldBits = { matching: [], star: false, onlyWildcards: true };
  const items = text.split(',').filter((item) => item !== '');
  for (const item of items) addRange(item, rule, bits);
  if (items.length === 0) bits.onlyWildcards = false;
  return bits;
}

/** The matching values from `from` to `to` as bits, `from` being bit 0. */
function maskOf(field: FieldBits, from: number, to: number): number {
  let mask = 0;
  for (let value = from; value <= to; value += 1) if (field.matching[value] === true) mask |= 1 << (value - from);
  return mask;
}

/** What a wrong number of fields most likely means. */
function countAdvice(fields: readonly string[]): string {
  const order = 'minute, hour, day of month, month, day of week';
  if (fields.length === 6)
    return `6 fields: seconds and years are not supported; remove the first field if it counts seconds (${order} remain)`;
  if (fields.length > 6) return `${fields.length} fields, 5 are needed: ${order}`;
  const missing = fieldRules.slice(fields.length).map((rule) => rule.name);
  const present = fields.length === 1 ? '1 field' : `${fields.length} fields`;
  return `${present}, 5 are needed: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing (* means any)`;
}

function descriptorAdvice(text: string): string {
  const [word = '', argument] = fieldsOf(text);
  const fields = descriptors.get(goLowerCase(word));
  if (fields !== undefined) return `${word} is not supported; write ${fields}`;
  if (goLowerCase(word) === '@every')
    return `@every is not supported here; use mode "every" with interval ${quoted(argument ?? '1h')}`;
  return `${quoted(word)} is not supported; write five fields: minute, hour, day of month, month, day of week`;
}

type Prefix = { readonly zone: string | null; readonly rest: string } | Problem;

/** Takes a zone prefix off. It ends at the first U+0020; an empty zone is UTC, `Local` the schedule's own. */
function splitZone(text: string, path: string): Prefix {
  const prefix = ['TZ=', 'CRON_TZ='].find((start) => text.startsWith(start));
  if (prefix === undefined) return { zone: null, rest: text };
  const end = text.indexOf(' ');
  const name = text.slice(prefix.length, end === -1 ? undefined : end);
  if (end === -1) {
    const message = `${quoted(text)} names a zone and no schedule: write five fields after it, as in ${prefix}UTC 0 9 * * *.`;
    return { path, code: 'invalid_cron', message, value: text };
  }
  const rest = trimSpace(text.slice(end));
  if (name === 'Local') return { zone: null, rest };
  if (name === '') return { zone: 'UTC', rest };
  if (findTimeZone(name) === null) {
    const message = `${quoted(name)} in ${prefix.slice(0, -1)} is not a time zone: ${timeZoneAdvice(name)}.`;
    return { path, code: 'unknown_timezone', message, value: name };
  }
  return { zone: name, rest };
}

/**
 * Reads an expression; surrounding white space is dropped. A problem is about `path` and says which field is wrong;
 * its code is `invalid_cron`, or `unknown_timezone` for the prefix. An expression that can never fire is taken:
 * ask {@link cronNeverFires}.
 */
export function parseCron(text: string, path = 'expr'): CronResult {
  const refuse = (message: string): CronResult => ({
    ok: false,
    problem: { path, code: 'invalid_cron', message, value: text },
  });
  const trimmed = trimSpace(text);
  const prefix = splitZone(trimmed, path);
  if ('code' in prefix) return { ok: false, problem: prefix };
  if (prefix.rest.startsWith('@')) return refuse(`${descriptorAdvice(prefix.rest)}.`);
  const fields = fieldsOf(prefix.rest);
  if (fields.length !== fieldRules.length) return refuse(`${quoted(trimmed)} has ${countAdvice(fields)}.`);
  const bits: FieldBits[] = [];
  for (const [index, rule] of fieldRules.entries()) {
    const field = fields[index] as string;
    try {
      bits.push(parseField(field, rule));
    } catch (error) {
      if (!(error instanceof FieldMistake)) throw error;
      return refuse(`Field ${index + 1} (${rule.name}) is ${quoted(field)}: ${error.message}.`);
    }
  }
  return { ok: true, cron: compile(prefix.zone, bits as [FieldBits, FieldBits, FieldBits, FieldBits, FieldBits]) };
}

function compile(
  zone: string | null,
  fields: readonly [FieldBits, FieldBits, FieldBits, FieldBits, FieldBits],
): CronExpression {
  const [minute, hour, monthDay, month, weekday] = fields;
  const sundayAsSeven = weekday.matching[7] === true ? 1 : 0;
  return {
    zone,
    minutesLow: maskOf(minute, 0, 29),
    minutesHigh: maskOf(minute, 30, 59),
    hours: maskOf(hour, 0, 23),
    monthDays: maskOf(monthDay, 1, 31),
    months: maskOf(month, 1, 12),
    weekdays: maskOf(weekday, 0, 6) | sundayAsSeven,
    bothDays: monthDay.star || weekday.star,
    // A list with a plain `*` in it is every hour as well, so it keeps the cadence too.
    wildcardHour: hour.star || hour.onlyWildcards,
  };
}

/** Days of the longest February, of the four short months, and of the others, as bits of {@link CronExpression.monthDays}. */
const monthDaysOf = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].map((length) => 0x7fff_ffff >>> (31 - length));

/** Whether no date can ever match, as in `0 0 31 2 *` or a field of only commas. */
export function cronNeverFires(cron: CronExpression): boolean {
  if ((cron.minutesLow | cron.minutesHigh) === 0 || cron.hours === 0 || cron.months === 0) return true;
  const someMonthDay = monthDaysOf.some(
    (days, month) => (cron.months & (1 << month)) !== 0 && (cron.monthDays & days) !== 0,
  );
  // With `bothDays` one of the two fields is full, so any day that the other one has does meet it.
  return cron.bothDays ? !someMonthDay || cron.weekdays === 0 : !someMonthDay && cron.weekdays === 0;
}
