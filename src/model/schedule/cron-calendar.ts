/**
 * Which wall-clock minutes an expression matches, in a calendar without time zones.
 * A wall minute is the number of minutes from 1970-01-01 00:00 on the wall. Searches go by month and day,
 * counts multiply whole days, so neither depends on how many minutes lie between.
 */
import { bitsBelow, bitsFrom, countBits, highestBit, lowestBit } from '../../lib/bits.ts';
import { civilDate, dayNumber, monthLength, weekdayOf, type CivilDate } from '../../lib/calendar.ts';
import { cronNeverFires, type CronExpression } from './cron-expression.ts';

const minutesPerDay = 1440;

/**
 * How far a search looks for a matching day. The longest wait in the Gregorian calendar is eight years
 * (29 February across a century); the rest is margin, and the bound of the loop.
 */
const monthsSearchedMax = 12 * 40;

/** A minute of the hour is looked up in two halves of thirty bits. */
const halfHour = 30;

export class CronCalendar {
  readonly #cron: CronExpression;
  readonly #neverFires: boolean;
  readonly #timesPerHour: number;
  readonly #timesPerDay: number;

  constructor(cron: CronExpression) {
    this.#cron = cron;
    this.#neverFires = cronNeverFires(cron);
    this.#timesPerHour = countBits(cron.minutesLow) + countBits(cron.minutesHigh);
    this.#timesPerDay = this.#timesPerHour * countBits(cron.hours);
  }

  matches(wallMinute: number): boolean {
    const day = Math.floor(wallMinute / minutesPerDay);
    return (
      this.#dayMatches(day) && this.#timeFrom(wallMinute - day * minutesPerDay) === wallMinute - day * minutesPerDay
    );
  }

  /** The first matching wall minute at or after the given one, null if there is none for decades. */
  next(wallMinute: number): number | null {
    if (this.#neverFires) return null;
    const day = Math.floor(wallMinute / minutesPerDay);
    if (this.#dayMatches(day)) {
      const time = this.#timeFrom(wallMinute - day * minutesPerDay);
      if (time >= 0) return day * minutesPerDay + time;
    }
    const following = this.#dayFrom(day + 1);
    return following === null ? null : following * minutesPerDay + this.#timeFrom(0);
  }

  /** The last matching wall minute at or before the given one, null if there is none for decades. */
  prev(wallMinute: number): number | null {
    if (this.#neverFires) return null;
    const day = Math.floor(wallMinute / minutesPerDay);
    if (this.#dayMatches(day)) {
      const time = this.#timeUpTo(wallMinute - day * minutesPerDay);
      if (time >= 0) return day * minutesPerDay + time;
    }
    const preceding = this.#dayUpTo(day - 1);
    return preceding === null ? null : preceding * minutesPerDay + this.#timeUpTo(minutesPerDay - 1);
  }

  /** How many matching wall minutes there are from `from` up to, not including, `to`. */
  count(from: number, to: number): number {
    if (from >= to || this.#neverFires) return 0;
    const firstDay = Math.floor(from / minutesPerDay);
    const lastDay = Math.floor(to / minutesPerDay);
    const before = this.#dayMatches(firstDay) ? this.#timesBefore(from - firstDay * minutesPerDay) : 0;
    const until = this.#dayMatches(lastDay) ? this.#timesBefore(to - lastDay * minutesPerDay) : 0;
    return this.#countDays(firstDay, lastDay) * this.#timesPerDay - before + until;
  }

  #dayMatches(day: number): boolean {
    const date = civilDate(day);
    return ((this.#daysOf(date.year, date.month) >>> (date.day - 1)) & 1) === 1;
  }

  /** The matching days of a month, bit n being day n + 1. */
  #daysOf(year: number, month: number): number {
    const cron = this.#cron;
    if (((cron.months >>> (month - 1)) & 1) === 0) return 0;
    const firstWeekday = weekdayOf(dayNumber(year, month, 1));
    // The week as the month begins it, written five times over.
    const week = ((cron.weekdays >>> firstWeekday) | (cron.weekdays << (7 - firstWeekday))) & 0x7f;
    const byWeekday = week | (week << 7) | (week << 14) | (week << 21) | (week << 28);
    const days = cron.bothDays ? cron.monthDays & byWeekday : cron.monthDays | byWeekday;
    return days & (0x7fff_ffff >>> (31 - monthLength(year, month)));
  }

  #dayFrom(day: number): number | null {
    let { year, month, day: from } = civilDate(day);
    for (let searched = 0; searched <= monthsSearchedMax; searched += 1) {
      const found = lowestBit(bitsFrom(this.#daysOf(year, month), from - 1));
      if (found >= 0) return dayNumber(year, month, found + 1);
      ({ year, month } = monthAfter(year, month));
      from = 1;
    }
    return null;
  }

  #dayUpTo(day: number): number | null {
    let { year, month, day: upTo } = civilDate(day);
    for (let searched = 0; searched <= monthsSearchedMax; searched += 1) {
      const found = highestBit(bitsBelow(this.#daysOf(year, month), upTo));
      if (found >= 0) return dayNumber(year, month, found + 1);
      ({ year, month } = monthBefore(year, month));
      upTo = 31;
    }
    return null;
  }

  /** How many matching days there are from one up to, not including, the other. */
  #countDays(from: number, to: number): number {
    const first: CivilDate = civilDate(from);
    const last: CivilDate = civilDate(to);
    let { year, month } = first;
    let days = -countBits(bitsBelow(this.#daysOf(year, month), first.day - 1));
    while (year < last.year || month < last.month) {
      days += countBits(this.#daysOf(year, month));
      ({ year, month } = monthAfter(year, month));
    }
    return days + countBits(bitsBelow(this.#daysOf(year, month), last.day - 1));
  }

  /** The first matching minute of the day at or after the given one, −1 if none is left. */
  #timeFrom(minuteOfDay: number): number {
    const hour = Math.floor(minuteOfDay / 60);
    if (((this.#cron.hours >>> hour) & 1) === 1) {
      const minute = this.#minuteFrom(minuteOfDay - hour * 60);
      if (minute >= 0) return hour * 60 + minute;
    }
    const laterHour = lowestBit(bitsFrom(this.#cron.hours, hour + 1));
    return laterHour < 0 ? -1 : laterHour * 60 + this.#minuteFrom(0);
  }

  /** The last matching minute of the day at or before the given one, −1 if there is none. */
  #timeUpTo(minuteOfDay: number): number {
    const hour = Math.floor(minuteOfDay / 60);
    if (((this.#cron.hours >>> hour) & 1) === 1) {
      const minute = this.#minuteUpTo(minuteOfDay - hour * 60);
      if (minute >= 0) return hour * 60 + minute;
    }
    const earlierHour = highestBit(bitsBelow(this.#cron.hours, hour));
    return earlierHour < 0 ? -1 : earlierHour * 60 + this.#minuteUpTo(59);
  }

  #minuteFrom(minute: number): number {
    const { minutesLow, minutesHigh } = this.#cron;
    const low = minute < halfHour ? lowestBit(bitsFrom(minutesLow, minute)) : -1;
    if (low >= 0) return low;
    const high = lowestBit(bitsFrom(minutesHigh, Math.max(0, minute - halfHour)));
    return high < 0 ? -1 : high + halfHour;
  }

  #minuteUpTo(minute: number): number {
    const { minutesLow, minutesHigh } = this.#cron;
    const high = minute < halfHour ? -1 : highestBit(bitsBelow(minutesHigh, minute - halfHour + 1));
    return high < 0 ? highestBit(bitsBelow(minutesLow, minute + 1)) : high + halfHour;
  }

  /** How many matching minutes of a matching day lie before the given one. */
  #timesBefore(minuteOfDay: number): number {
    const { hours, minutesLow, minutesHigh } = this.#cron;
    const hour = Math.floor(minuteOfDay / 60);
    const minute = minuteOfDay - hour * 60;
    const wholeHours = countBits(bitsBelow(hours, hour)) * this.#timesPerHour;
    if (((hours >>> hour) & 1) === 0) return wholeHours;
    const low = countBits(bitsBelow(minutesLow, minute));
    return wholeHours + low + (minute > halfHour ? countBits(bitsBelow(minutesHigh, minute - halfHour)) : 0);
  }
}

function monthAfter(year: number, month: number): { readonly year: number; readonly month: number } {
  return month === 12 ? { year: year + 1, month: 1 } : { year, month: month + 1 };
}

function monthBefore(year: number, month: number): { readonly year: number; readonly month: number } {
  return month === 1 ? { year: year - 1, month: 12 } : { year, month: month - 1 };
}
