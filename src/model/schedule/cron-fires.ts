/**
 * Mode `cron`: the instants of an expression in a zone. Joins the two halves that know nothing of each other,
 * the calendar of wall minutes and the zone's spans of constant offset, and owns the daylight saving rule:
 *
 * - A wildcard hour keeps real-time cadence: within every span, whatever matches on the wall.
 * - Otherwise a wall time that a change jumps over fires once, at the change (`gap: run_after`), or not (`skip`);
 *   and one that a change brings back fires at the first occurrence, the second, or both (`overlap`).
 *
 * "Occurs twice" is told by the span before and the span after. Changes closer together than they are large
 * exist in no zone; they would be decided by the nearest neighbour, without harm.
 */
import { minuteMs } from '../../lib/calendar.ts';
import { epochMsMax, type EpochMs } from '../instant.ts';
import type { CronCalendar } from './cron-calendar.ts';
import type { Fires } from './fires.ts';
import type { DstRule } from './schedule-spec.ts';
import type { TimeZone, ZoneSpan } from './time-zone.ts';

/**
 * Where a search gives up: the calendar has an answer within eight years, so this long without a fire means
 * that every match is lost to a gap or overlap that the rule leaves out.
 */
const searchMsMax = 60 * 366 * 86_400_000;

export interface CronFiresParams {
  readonly calendar: CronCalendar;
  readonly zone: TimeZone;
  readonly wildcardHour: boolean;
  readonly dst: Required<DstRule>;
}

export class CronFires implements Fires {
  readonly #calendar: CronCalendar;
  readonly #zone: TimeZone;
  readonly #runAfterGap: boolean;
  readonly #overlap: Required<DstRule>['overlap'];

  constructor({ calendar, zone, wildcardHour, dst }: CronFiresParams) {
    this.#calendar = calendar;
    this.#zone = zone;
    this.#runAfterGap = !wildcardHour && dst.gap === 'run_after';
    this.#overlap = wildcardHour ? 'both' : dst.overlap;
  }

  next(after: EpochMs): EpochMs | null {
    let at = Math.max(Math.floor(after) + 1, -epochMsMax);
    const giveUpAt = Math.min(at + searchMsMax, epochMsMax);
    while (at <= giveUpAt) {
      const span = this.#zone.spanAt(at);
      if (at === span.startMs && this.firesAfterGap(span)) return at;
      const from = Math.max(at + span.offsetMs, this.#wallFrom(span));
      const minute = this.#calendar.next(Math.ceil(from / minuteMs));
      if (minute === null) return null;
      if (minute * minuteMs < this.#wallTo(span)) {
        const instant = minute * minuteMs - span.offsetMs;
        return instant > epochMsMax ? null : instant;
      }
      at = span.endMs;
    }
    return null;
  }

  prev(atOrBefore: EpochMs): EpochMs | null {
    let at = Math.min(Math.floor(atOrBefore), epochMsMax);
    const giveUpAt = Math.max(at - searchMsMax, -epochMsMax);
    while (at >= giveUpAt) {
      const span = this.#zone.spanAt(at);
      // The wall runs to, not including, the end of what the span may fire: one millisecond less is the last.
      const upTo = Math.min(at + span.offsetMs, this.#wallTo(span) - 1);
      const minute = this.#calendar.prev(Math.floor(upTo / minuteMs));
      if (minute === null) return null;
      if (minute * minuteMs >= this.#wallFrom(span)) {
        const instant = minute * minuteMs - span.offsetMs;
        return instant < -epochMsMax ? null : instant;
      }
      if (this.firesAfterGap(span)) return span.startMs;
      at = span.startMs - 1;
    }
    return null;
  }

  count(fromExclusive: EpochMs, toInclusive: EpochMs): number {
    let at = Math.max(Math.floor(fromExclusive) + 1, -epochMsMax);
    const last = Math.min(Math.floor(toInclusive), epochMsMax);
    let total = 0;
    while (at <= last) {
      const span = this.#zone.spanAt(at);
      const from = Math.max(at + span.offsetMs, this.#wallFrom(span));
      const to = Math.min(last + 1 + span.offsetMs, this.#wallTo(span));
      total += this.#calendar.count(Math.ceil(from / minuteMs), Math.ceil(to / minuteMs));
      // A match at the very instant the gap ends has just been counted, and the two make one fire.
      if (at === span.startMs && this.firesAfterGap(span) && !this.#matchesAt(from)) total += 1;
      at = span.endMs;
    }
    return total;
  }

  /** Whether the span begins with a gap that holds a matching wall time, and the rule makes up for it. */
  firesAfterGap(span: ZoneSpan): boolean {
    if (!this.#runAfterGap || span.offsetMs <= span.offsetBeforeMs) return false;
    const minute = this.#calendar.next(Math.ceil((span.startMs + span.offsetBeforeMs) / minuteMs));
    return minute !== null && minute * minuteMs < span.startMs + span.offsetMs;
  }

  #matchesAt(wallMs: number): boolean {
    return wallMs % minuteMs === 0 && this.#calendar.matches(wallMs / minuteMs);
  }

  /** The local time from which the span may fire: later than its start where that repeats what the span before had. */
  #wallFrom(span: ZoneSpan): number {
    const repeated = this.#overlap === 'first' ? Math.max(0, span.offsetBeforeMs - span.offsetMs) : 0;
    return span.startMs + span.offsetMs + repeated;
  }

  /** The local time up to which the span may fire: earlier than its end where the span after will have it again. */
  #wallTo(span: ZoneSpan): number {
    const repeated = this.#overlap === 'second' ? Math.max(0, span.offsetMs - span.offsetAfterMs) : 0;
    return span.endMs + span.offsetMs - repeated;
  }
}
