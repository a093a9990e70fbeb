/** `date`: an instant in a Go layout (`2006-01-02 15:04`) or a named one, in UTC unless a zone is given. */
import { dayMs, dayNumber, monthNames, weekdayNames, weekdayOf } from '../../lib/calendar.ts';
import { parseInstant } from '../instant.ts';
import { byteLength } from './byte-text.ts';
import type { FormatBudget } from './formatter.ts';
import { TemplateMistake, quoted } from './template-problem.ts';
import { Integer, typeInWords, type Value } from './value.ts';

/** The names of Go's time package, and a few more that people ask for. */
const namedLayouts: ReadonlyMap<string, string> = new Map([
  ['ANSIC', 'Mon Jan _2 15:04:05 2006'],
  ['UnixDate', 'Mon Jan _2 15:04:05 MST 2006'],
  ['RFC822', '02 Jan 06 15:04 MST'],
  ['RFC822Z', '02 Jan 06 15:04 -0700'],
  ['RFC850', 'Monday, 02-Jan-06 15:04:05 MST'],
  ['RFC1123', 'Mon, 02 Jan 2006 15:04:05 MST'],
  ['RFC1123Z', 'Mon, 02 Jan 2006 15:04:05 -0700'],
  ['RFC3339', '2006-01-02T15:04:05Z07:00'],
  ['RFC3339Nano', '2006-01-02T15:04:05.999999999Z07:00'],
  ['Kitchen', '3:04PM'],
  ['Stamp', 'Jan _2 15:04:05'],
  ['StampMilli', 'Jan _2 15:04:05.000'],
  ['DateTime', '2006-01-02 15:04:05'],
  ['DateOnly', '2006-01-02'],
  ['TimeOnly', '15:04:05'],
]);

/** A layout is short; a longer one is a mistake. */
const layoutBytesMax = 1_000;

/** What stands in a layout for a part of the instant, longest first where one begins another. */
const layoutPart =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|Z07:00:00|Z070000|Z07:00|Z0700|Z07|-07:00:00|-070000|-07:00|-0700|-07|[.,]0+(?![0-9])|[.,]9+(?![0-9])|__2|_2(?!006)|002|01|02|03|04|05|06|15|PM|pm|1|2|3|4|5/g;

/** An instant on the clock of a zone. */
interface WallTime {
  readonly zone: string;
  readonly epochMs: number;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly dayOfYear: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  readonly offsetSeconds: number;
}

/** Formats are costly to make and zones are few; more than this many different ones come only from data. */
const formatsMax = 200;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The format for a zone's clock, or for its abbreviation in the English of some region. */
function formatFor(zone: string, abbreviationLocale: string | null): Intl.DateTimeFormat {
  const key = `${zone} ${abbreviationLocale ?? ''}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  let format: Intl.DateTimeFormat;
  try {
    format =
      abbreviationLocale === null
        ? new Intl.DateTimeFormat('en-US', {
            timeZone: zone,
            calendar: 'iso8601',
            numberingSystem: 'latn',
            hourCycle: 'h23',
            year: 'numeric',
            month: 'numeric',
            day: 'numeric',
            hour: 'numeric',
            minute: 'numeric',
            second: 'numeric',
          })
        : new Intl.DateTimeFormat(abbreviationLocale, { timeZone: zone, timeZoneName: 'short' });
  } catch {
    throw new TemplateMistake(`date does not know the zone ${quoted(zone)}; write it as Europe/Berlin or UTC`, -1);
  }
  if (formats.size >= formatsMax) formats.clear();
  formats.set(key, format);
  return format;
}

/** English abbreviations exist by region only; a zone that has none in these is written as its offset, as in Go. */
const abbreviationLocales = ['en-US', 'en-GB', 'en-AU', 'en-IN', 'en-ZA'] as const;

function abbreviationOf(wall: WallTime): string {
  if (wall.zone === 'UTC') return 'UTC';
  for (const locale of abbreviationLocales) {
    const parts = formatFor(wall.zone, locale).formatToParts(wall.epochMs);
    const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
    if (/^[A-Z]{2,5}$/.test(name)) return name;
  }
  return offsetText(wall.offsetSeconds, wall.offsetSeconds % 3600 === 0 ? '-07' : '-0700');
}

/** The instant as if the zone's clock were UTC. */
function localMsOf(epochMs: number, zone: string): number {
  if (zone === 'UTC') return epochMs;
  const parts = new Map(
    formatFor(zone, null)
      .formatToParts(epochMs)
      .map((part) => [part.type, part.value]),
  );
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type) ?? '0');
  const date = new Date(0);
  date.setUTCFullYear(number('year'), number('month') - 1, number('day'));
  date.setUTCHours(number('hour'), number('minute'), number('second'), ((epochMs % 1000) + 1000) % 1000);
  return date.getTime();
}

function wallTimeOf(epochMs: number, zone: string): WallTime {
  const local = localMsOf(epochMs, zone);
  const date = new Date(local);
  const days = Math.floor(local / dayMs);
  return {
    zone,
    epochMs,
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    dayOfYear: days - dayNumber(date.getUTCFullYear(), 1, 1) + 1,
    weekday: weekdayOf(days),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
    offsetSeconds: Math.round((local - epochMs) / 1000),
  };
}

function two(value: number, filler = '0'): string {
  return String(value).padStart(2, filler);
}

/** The offset in the shape of a layout's part, `-07:00` or `Z0700`. */
function offsetText(offsetSeconds: number, shape: string): string {
  if (shape.startsWith('Z') && offsetSeconds === 0) return 'Z';
  const magnitude = Math.abs(offsetSeconds);
  const colon = shape.includes(':') ? ':' : '';
  const digits = shape.replaceAll(/[^0-9]/g, '').length;
  const parts = [two(Math.floor(magnitude / 3600))];
  if (digits >= 4) parts.push(two(Math.floor(magnitude / 60) % 60));
  if (digits >= 6) parts.push(two(magnitude % 60));
  return (offsetSeconds < 0 ? '-' : '+') + parts.join(colon);
}

/** `.000` keeps its places, `.999` drops zeros at the end; nothing is known below a millisecond. */
function fractionText(millisecond: number, shape: string): string {
  const places = shape.length - 1;
  const digits = String(millisecond).padStart(3, '0').padEnd(places, '0').slice(0, places);
  if (shape.charAt(1) === '0') return shape.charAt(0) + digits;
  const kept = digits.replace(/0+$/, '');
  return kept === '' ? '' : shape.charAt(0) + kept;
}

function partText(part: string, wall: WallTime): string {
  switch (part) {
    case 'January':
      return monthNames[wall.month - 1] ?? '';
    case 'Jan':
      return (monthNames[wall.month - 1] ?? '').slice(0, 3);
    case '01':
      return two(wall.month);
    case '1':
      return String(wall.month);
    case 'Monday':
      return weekdayNames[wall.weekday] ?? '';
    case 'Mon':
      return (weekdayNames[wall.weekday] ?? '').slice(0, 3);
    case '02':
      return two(wall.day);
    case '_2':
      return two(wall.day, ' ');
    case '2':
      return String(wall.day);
    case '002':
      return String(wall.dayOfYear).padStart(3, '0');
    case '__2':
      return String(wall.dayOfYear).padStart(3, ' ');
    case '15':
      return two(wall.hour);
    case '03':
      return two(wall.hour % 12 === 0 ? 12 : wall.hour % 12);
    case '3':
      return String(wall.hour % 12 === 0 ? 12 : wall.hour % 12);
    case '04':
      return two(wall.minute);
    case '4':
      return String(wall.minute);
    case '05':
      return two(wall.second);
    case '5':
      return String(wall.second);
    case '2006':
      return wall.year < 0 ? `-${String(-wall.year).padStart(4, '0')}` : String(wall.year).padStart(4, '0');
    case '06':
      return two(((wall.year % 100) + 100) % 100);
    case 'PM':
      return wall.hour < 12 ? 'AM' : 'PM';
    case 'pm':
      return wall.hour < 12 ? 'am' : 'pm';
    case 'MST':
      return abbreviationOf(wall);
    default:
      return /^[.,]/.test(part) ? fractionText(wall.millisecond, part) : offsetText(wall.offsetSeconds, part);
  }
}

function epochMsOf(value: Value): number {
  if (typeof value === 'string') {
    const parsed = parseInstant(value);
    if (!parsed.ok)
      throw new TemplateMistake(`date got ${quoted(value)}, which is neither RFC 3339 nor milliseconds`, -1);
    return parsed.epochMs;
  }
  const epochMs = Number(value instanceof Integer ? value.value : value);
  if ((typeof value !== 'number' && !(value instanceof Integer)) || !(Math.abs(epochMs) <= 8.64e15)) {
    throw new TemplateMistake(`date wants RFC 3339 text or milliseconds since 1970, not ${typeInWords(value)}`, -1);
  }
  return Math.floor(epochMs);
}

/** `date "2006-01-02" .OccurredAt`, `date "15:04" "Europe/Berlin" .Data.at`, `date "unix" .Data.at`. */
export function dateFunction(args: readonly Value[], budget: FormatBudget): Value {
  const [layout = null, second = null] = args;
  const zone = args.length === 3 ? second : 'UTC';
  if (typeof layout !== 'string' || typeof zone !== 'string' || byteLength(layout) > layoutBytesMax) {
    throw new TemplateMistake(
      'date wants a layout, perhaps a zone, and an instant: date "2006-01-02" "UTC" .OccurredAt',
      -1,
    );
  }
  const epochMs = epochMsOf(args.at(-1) ?? null);
  // Asking for a zone's rules is by far the dearest thing that a function does.
  budget.spend(zone === 'UTC' ? 4 : 200);
  if (layout === 'unix') return String(Math.floor(epochMs / 1000));
  if (layout === 'unixms') return String(epochMs);
  const wall = wallTimeOf(epochMs, zone === '' ? 'UTC' : zone);
  return (namedLayouts.get(layout) ?? layout).replaceAll(layoutPart, (part) => partText(part, wall));
}
