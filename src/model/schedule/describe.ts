/** A schedule for people: in one sentence, and as a preview of coming fires that marks what daylight saving does to them. */
import { civilDate, dayMs } from '../../lib/calendar.ts';
import { DEFAULT_TIMEZONE } from '../automation-fields.ts';
import { formatInstant, type EpochMs } from '../instant.ts';
import type { CronFires } from './cron-fires.ts';
import { cronWords } from './cron-words.ts';
import { nextFires, type NextFiresOptions } from './next-fires.ts';
import {
  cronFiresOf,
  cronOf,
  dstOf,
  givenInstant,
  givenText,
  intervalMsOf,
  unknownMode,
  zoneOf,
} from './schedule-reading.ts';
import type { DstRule, ScheduleSpec } from './schedule-spec.ts';
import type { ZoneSpan } from './time-zone.ts';

export interface FirePreview {
  readonly at: EpochMs;
  /** The wall clock at that instant: `2026-11-22T09:00:00`. */
  readonly local: string;
  /** `+01:00`; with seconds where a zone once had them. */
  readonly offset: string;
  readonly zone: string;
  /**
   * `gap`: fires when the gap ends, because its wall time does not exist that day. `overlap`: its wall time occurs twice.
   * `change`: another fire on a day on which the clock is changed.
   */
  readonly dst?: 'gap' | 'overlap' | 'change';
  /** The sentence that goes with `dst`. */
  readonly note?: string;
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** `30 minutes`, `1 hour 30 minutes`; never days, because 24 hours are not a day where clocks change. */
function durationWords(durationMs: number): string {
  const parts: string[] = [];
  let rest = durationMs;
  for (const [unit, unitMs] of [
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
    ['millisecond', 1],
  ] as const) {
    const count = Math.floor(rest / unitMs);
    if (count > 0) parts.push(plural(count, unit));
    rest -= count * unitMs;
  }
  return parts.join(' ');
}

/** What follows "every": `hour` and not `1 hour`, but `1 hour 30 minutes`. */
function intervalWords(intervalMs: number): string {
  return durationWords(intervalMs).replace(/^1 ([a-z]+)$/, '$1');
}

/** What differs from the default daylight saving rule. */
function dstWords({ gap, overlap }: Required<DstRule>): string[] {
  const words: string[] = [];
  if (gap === 'skip') words.push('skipping times that daylight saving removes');
  if (overlap === 'second') words.push('at the second of two equal times when the clock goes back');
  if (overlap === 'both') words.push('at both of two equal times when the clock goes back');
  return words;
}

function modeWords(spec: ScheduleSpec, options: { readonly timezone: string; readonly anchor?: EpochMs }): string[] {
  switch (spec.mode) {
    case 'cron': {
      const cron = cronOf(spec);
      const words = `${cronWords(cron)} (${zoneOf(spec, options.timezone).id})`;
      return [words, ...(cron.wildcardHour ? [] : dstWords(dstOf(spec)))];
    }
    case 'every': {
      const counted = options.anchor === undefined ? '' : ` counted from ${formatInstant(options.anchor)}`;
      return [`every ${intervalWords(intervalMsOf(spec))}${counted}`];
    }
    case 'at': {
      const at = givenInstant(spec.time, 'time') as EpochMs;
      const zone = zoneOf(spec, options.timezone);
      const wall = localText(at + zone.spanAt(at).offsetMs).replace('T', ' ');
      return [`once at ${wall.replace(/:00$/, '')} (${zone.id})`];
    }
    default:
      throw unknownMode(spec.mode);
  }
}

/**
 * One sentence without a full stop: `Every weekday at 09:00 (Europe/Paris)`, `Every 30 minutes counted from …`,
 * `Once at …`. Throws `ScheduleError` on a schedule that validation refuses.
 */
export function describeSchedule(
  spec: ScheduleSpec,
  options: { readonly timezone?: string; readonly anchor?: EpochMs } = {},
): string {
  const parts = modeWords(spec, { ...options, timezone: options.timezone ?? DEFAULT_TIMEZONE });
  const startAt = givenInstant(spec.start_at, 'start_at');
  const endAt = givenInstant(spec.end_at, 'end_at');
  if (startAt !== null) parts.push(`not before ${formatInstant(startAt)}`);
  if (endAt !== null) parts.push(`not after ${formatInstant(endAt)}`);
  const jitter = givenText(spec.jitter);
  if (jitter !== null) parts.push(`starts spread over ${jitter}`);
  const sentence = parts.join(', ');
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function clockOf(msOfDay: number): string {
  const seconds = Math.floor(msOfDay / 1000);
  return `${twoDigits(Math.floor(seconds / 3600))}:${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`;
}

/** A local time as date and clock; milliseconds only where there are any. */
function localText(wallMs: number): string {
  const day = Math.floor(wallMs / dayMs);
  const ofDay = wallMs - day * dayMs;
  const { year, month, day: dayOfMonth } = civilDate(day);
  const sign = year < 0 ? '-' : '';
  const milliseconds = ofDay % 1000 === 0 ? '' : `.${String(ofDay % 1000).padStart(3, '0')}`;
  const date = `${sign}${String(Math.abs(year)).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(dayOfMonth)}`;
  return `${date}T${clockOf(ofDay)}${milliseconds}`;
}

/** What a note calls a local time: date, hour and minute, as the day may differ from the fire's. */
function noteText(wallMs: number): string {
  return localText(wallMs).slice(0, 16).replace('T', ' ');
}

function offsetText(offsetMs: number): string {
  const clock = clockOf(Math.abs(offsetMs));
  return `${offsetMs < 0 ? '-' : '+'}${clock.endsWith(':00') ? clock.slice(0, 5) : clock}`;
}

/** A change of the clock at an instant, in words: `the clock goes from … to …`. */
function changeText(change: { readonly at: EpochMs; readonly before: number; readonly after: number }): string {
  const { at, before, after } = change;
  const by = durationWords(Math.abs(after - before));
  return `the clock goes ${after > before ? 'forward' : 'back'} by ${by}, from ${noteText(at + before)} to ${noteText(at + after)}`;
}

function dayOf(wallMs: number): number {
  return Math.floor(wallMs / dayMs);
}

/** The mark of one fire; `cronFires` is null for modes that follow no wall clock. */
function markOf(at: EpochMs, span: ZoneSpan, cronFires: CronFires | null): Pick<FirePreview, 'dst' | 'note'> {
  const began = { at: span.startMs, before: span.offsetBeforeMs, after: span.offsetMs };
  const ends = { at: span.endMs, before: span.offsetMs, after: span.offsetAfterMs };
  const wall = at + span.offsetMs;
  if (at === span.startMs && cronFires?.firesAfterGap(span)) {
    return { dst: 'gap', note: `A scheduled time does not exist: ${changeText(began)}; it runs when the gap ends.` };
  }
  if (wall >= ends.at + ends.after) {
    return { dst: 'overlap', note: `This time occurs twice: ${changeText(ends)}; this is the first.` };
  }
  if (wall < began.at + began.before) {
    return { dst: 'overlap', note: `This time occurs twice: ${changeText(began)}; this is the second.` };
  }
  // The days that lose or repeat something: one that merely ends or begins where the clock is changed is as ever.
  const day = dayOf(wall);
  for (const change of [began, ends]) {
    if (!Number.isFinite(change.at)) continue;
    const first = dayOf(change.at + Math.min(change.before, change.after));
    const last = dayOf(change.at + Math.max(change.before, change.after) - 1);
    if (first <= day && day <= last) return { dst: 'change', note: `On this day ${changeText(change)}.` };
  }
  return {};
}

/**
 * What {@link nextFires} lists, each with the wall clock it falls on and a mark where daylight saving has a part in it.
 * Throws `ScheduleError` on a schedule that validation refuses.
 */
export function previewFires(schedule: ScheduleSpec, options: NextFiresOptions): FirePreview[] {
  const timezone = options.timezone ?? DEFAULT_TIMEZONE;
  const zone = zoneOf(schedule, timezone);
  const cronFires = schedule.mode === 'cron' ? cronFiresOf(schedule, timezone) : null;
  return nextFires(schedule, options).map((at) => {
    const span = zone.spanAt(at);
    return {
      at,
      local: localText(at + span.offsetMs),
      offset: offsetText(span.offsetMs),
      zone: zone.id,
      ...markOf(at, span, cronFires),
    };
  });
}
