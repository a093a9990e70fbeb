/**
 * Time zones as spans of constant offset, asked from `Temporal` once per span and kept.
 * Everything else in this folder is arithmetic on these spans, which is what makes a search cost nanoseconds
 * and lets one piece of code treat an hour, half an hour (Lord Howe) and a whole missing day (Apia, 2011-12-30) alike.
 */
import { epochMsMax, type EpochMs } from '../instant.ts';

/** A stretch of time with one offset between two changes. Local time is the instant plus the offset. */
export interface ZoneSpan {
  /** The change that began it, inclusive; −Infinity if there was none. */
  readonly startMs: EpochMs;
  /** The change that ends it, exclusive; +Infinity if none is known. */
  readonly endMs: EpochMs;
  readonly offsetMs: number;
  /** The offsets on the other side of the two changes; the span's own where there is no change. */
  readonly offsetBeforeMs: number;
  readonly offsetAfterMs: number;
}

/**
 * Spans kept per zone before starting over: two and a half centuries of a zone with two changes a year.
 * A walk through more (a century-long count) stays correct and only asks again.
 */
const spansKeptMax = 512;

/** `Temporal` of Node 26 answers undefined, the standard and the polyfill null, where there is no further change. */
type Change = Temporal.ZonedDateTime | null | undefined;

function changeFrom(at: Temporal.ZonedDateTime, direction: 'next' | 'previous'): Change {
  return at.getTimeZoneTransition(direction);
}

function millisecondsOf(at: Temporal.ZonedDateTime): number {
  return at.offsetNanoseconds / 1e6;
}

export class TimeZone {
  /** Spelled as the IANA data spells it. */
  readonly id: string;
  /** Sorted by start; not necessarily adjacent. */
  #spans: ZoneSpan[] = [];
  /** Searches mostly stay where they were. */
  #latest: ZoneSpan | null = null;

  constructor(id: string) {
    this.id = id;
  }

  /** The span that holds the instant. Instants beyond {@link epochMsMax} count as the furthest one. */
  spanAt(instant: EpochMs): ZoneSpan {
    const at = Math.max(-epochMsMax, Math.min(epochMsMax, instant));
    const latest = this.#latest;
    if (latest !== null && latest.startMs <= at && at < latest.endMs) return latest;
    const index = this.#indexBefore(at);
    const known = this.#spans[index];
    const span = known !== undefined && at < known.endMs ? known : this.#keep(this.#ask(at), index + 1);
    this.#latest = span;
    return span;
  }

  /** The last kept span that starts at or before the instant, −1 if none does. */
  #indexBefore(at: EpochMs): number {
    let low = 0;
    let high = this.#spans.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#spans[middle] as ZoneSpan).startMs <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #keep(span: ZoneSpan, index: number): ZoneSpan {
    if (this.#spans.length >= spansKeptMax) this.#spans = [span];
    else this.#spans.splice(index, 0, span);
    return span;
  }

  #zoned(at: EpochMs): Temporal.ZonedDateTime {
    return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(this.id);
  }

  #ask(at: EpochMs): ZoneSpan {
    const here = this.#zoned(at);
    const offsetMs = millisecondsOf(here);
    // A change that leaves the offset as it was (only the abbreviation differs) is none to us.
    let end = changeFrom(here, 'next');
    while (end && millisecondsOf(end) === offsetMs) end = changeFrom(end, 'next');
    // `previous` answers strictly earlier changes: a millisecond on, it finds one at `at` itself.
    let start = changeFrom(at < epochMsMax ? this.#zoned(at + 1) : here, 'previous');
    let offsetBeforeMs = offsetMs;
    while (start) {
      offsetBeforeMs = millisecondsOf(this.#zoned(start.epochMilliseconds - 1));
      if (offsetBeforeMs !== offsetMs) break;
      start = changeFrom(start, 'previous');
    }
    return {
      startMs: start ? start.epochMilliseconds : Number.NEGATIVE_INFINITY,
      endMs: end ? end.epochMilliseconds : Number.POSITIVE_INFINITY,
      offsetMs,
      offsetBeforeMs: start ? offsetBeforeMs : offsetMs,
      offsetAfterMs: end ? millisecondsOf(end) : offsetMs,
    };
  }
}

/**
 * Every part of an IANA name begins with a capital letter. The polyfill of Node 24 takes names in any case and offsets;
 * this keeps one spelling per zone on every Node, and out what is no zone name (`+05:30`).
 */
const ianaName = /^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*)*$/;

const zones = new Map<string, TimeZone>();

/** The zone of that exact IANA name, or null if there is none. One object per zone, so that all searches share its spans. */
export function findTimeZone(name: string): TimeZone | null {
  const kept = zones.get(name);
  if (kept !== undefined) return kept;
  if (spellingOf(name) !== name || !ianaName.test(name)) return null;
  const zone = new TimeZone(name);
  zones.set(name, zone);
  return zone;
}

/** Whether the name is an IANA time zone, spelled exactly: `Europe/Paris`, `UTC`; not `europe/paris`, `Local` or `+02:00`. */
export function isKnownTimeZone(name: string): boolean {
  return findTimeZone(name) !== null;
}

/** The name as the zone data spells it, or null if no zone has that name in any case. */
function spellingOf(name: string): string | null {
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** What to say about an unknown zone: the right capitals where only those are wrong. */
export function timeZoneAdvice(name: string): string {
  const spelling = spellingOf(name);
  if (spelling !== null && spelling !== name && ianaName.test(spelling)) return `write ${spelling}`;
  return 'write an IANA name such as Europe/Paris, America/New_York or UTC';
}
