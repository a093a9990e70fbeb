/**
 * A cron expression in English. Works from what matches, not from what was written, so equal schedules read alike.
 * The common shapes get the sentence a person would say; everything else is listed, which is longer and never wrong.
 */
import { bitsBelow, countBits, highestBit, lowestBit } from '../../lib/bits.ts';
import { monthNames, weekdayNames } from '../../lib/calendar.ts';
import { cronNeverFires, type CronExpression } from './cron-expression.ts';

/** More times of day than this are described by their hours and minutes instead of one by one. */
const timesListedMax = 6;

const everyMonth = 0xfff;
const everyMonthDay = 0x7fff_ffff;
const everyWeekday = 0x7f;
const everyHour = 0xff_ffff;
const mondayToFriday = 0b011_1110;
const weekend = 0b100_0001;

function membersOf(mask: number): number[] {
  const members: number[] = [];
  for (let rest = mask; rest !== 0; rest &= rest - 1) members.push(lowestBit(rest));
  return members;
}

function listed(items: readonly (string | number)[]): string {
  if (items.length <= 1) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

function clock(hour: number, minute: number): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** The distance of members that fill a cycle evenly from 0 (`0, 15, 30, 45` of 60), null if they do not. */
function evenStep(members: readonly number[], cycle: number): number | null {
  const step = cycle / members.length;
  return members.every((member, index) => member === index * step) ? step : null;
}

function isRun(mask: number): boolean {
  return countBits(mask) === highestBit(mask) - lowestBit(mask) + 1;
}

/** The times of a matching day: `repeating` reads as a cadence, the rest goes after "at". */
interface TimeWords {
  readonly words: string;
  readonly repeating: boolean;
}

function minuteCadence(minutes: readonly number[]): string {
  const step = evenStep(minutes, 60);
  if (step === 1) return 'every minute';
  if (step !== null && minutes.length > 1) return `every ${step} minutes`;
  if (minutes.length === 1) return minutes[0] === 0 ? 'every hour, on the hour' : `every hour, at minute ${minutes[0]}`;
  return `every hour, at minutes ${listed(minutes)}`;
}

function timeWords(cron: CronExpression): TimeWords {
  const minutes = [...membersOf(cron.minutesLow), ...membersOf(cron.minutesHigh).map((minute) => minute + 30)];
  const hours = membersOf(cron.hours);
  if (cron.hours === everyHour) return { words: minuteCadence(minutes), repeating: true };
  const hourStep = evenStep(hours, 24);
  if (hourStep !== null && hours.length > 1 && minutes.length === 1) {
    const minute = minutes[0] as number;
    const past = minute === 0 ? `from 00:00` : `at minute ${minute}, from ${clock(0, minute)}`;
    return { words: `every ${hourStep} hours ${past}`, repeating: true };
  }
  if (minutes.length * hours.length <= timesListedMax) {
    const times = hours.flatMap((hour) => minutes.map((minute) => clock(hour, minute)));
    return { words: listed(times), repeating: false };
  }
  if (isRun(cron.hours)) {
    const first = clock(hours[0] as number, minutes[0] as number);
    const last = clock(hours.at(-1) as number, minutes.at(-1) as number);
    return { words: `${minuteCadence(minutes)}, from ${first} to ${last}`, repeating: true };
  }
  const minutesOfHour =
    minutes.length === 60 ? 'every minute' : `minute${minutes.length === 1 ? '' : 's'} ${listed(minutes)}`;
  return { words: `${minutesOfHour} of the hours ${listed(hours)}`, repeating: false };
}

function weekdayWords(weekdays: number): string {
  if (weekdays === mondayToFriday) return 'every weekday';
  if (weekdays === weekend) return 'every Saturday and Sunday';
  return `every ${listed(membersOf(weekdays).map((weekday) => weekdayNames[weekday] as string))}`;
}

function monthDayWords(monthDays: number): string {
  const days = membersOf(monthDays).map((day) => day + 1);
  if (days.length === 1) return `day ${days[0]}`;
  return isRun(monthDays) && days.length > 2 ? `days ${days[0]} to ${days.at(-1)}` : `days ${listed(days)}`;
}

function monthWords(months: number): string {
  const names = membersOf(months).map((month) => monthNames[month] as string);
  return isRun(months) && names.length > 2 ? `${names[0]} to ${names.at(-1)}` : listed(names);
}

/** The matching days; null means every day of the year. */
function dayWords(cron: CronExpression): string | null {
  const anyWeekday = cron.weekdays === everyWeekday;
  const anyMonthDay = (cron.monthDays & everyMonthDay) === everyMonthDay;
  const inMonths = cron.months === everyMonth ? null : `in ${monthWords(cron.months)}`;
  // With "either suffices", one full field makes every day match; with "both must", the full one says nothing.
  const everyDay = cron.bothDays ? anyWeekday && anyMonthDay : anyWeekday || anyMonthDay;
  if (everyDay) return inMonths === null ? null : `every day ${inMonths}`;
  if (anyWeekday || cron.monthDays === 0 || anyMonthDay || cron.weekdays === 0) {
    const byWeekday = anyMonthDay || cron.monthDays === 0;
    if (byWeekday)
      return inMonths === null ? weekdayWords(cron.weekdays) : `${weekdayWords(cron.weekdays)} ${inMonths}`;
    return yearlyWords(cron) ?? `on ${monthDayWords(cron.monthDays)} ${inMonths ?? everyMonthWords(cron.monthDays)}`;
  }
  return `on ${monthDayWords(cron.monthDays)} and ${weekdayWords(cron.weekdays)} ${inMonths ?? 'of every month'}`;
}

/** Says so where short months are left out. */
function everyMonthWords(monthDays: number): string {
  if (lowestBit(monthDays) < 28) return 'of every month';
  return countBits(monthDays) === 1 ? 'of every month that has it' : 'of every month that has them';
}

/** `every year on 1 January`, for one date. */
function yearlyWords(cron: CronExpression): string | null {
  if (countBits(cron.months) !== 1 || countBits(cron.monthDays) !== 1) return null;
  const day = lowestBit(bitsBelow(cron.monthDays, 31)) + 1;
  const year = day === 29 && cron.months === 0b10 ? 'every leap year' : 'every year';
  return `${year} on ${day} ${monthNames[lowestBit(cron.months)]}`;
}

/** For instance `every weekday at 09:00`; without a zone, and without a capital. */
export function cronWords(cron: CronExpression): string {
  if (cronNeverFires(cron)) return 'never, because no date matches';
  const time = timeWords(cron);
  const days = dayWords(cron);
  if (time.repeating) return days === null ? time.words : `${time.words}, ${days}`;
  return `${days ?? 'every day'} at ${time.words}`;
}
