/**
 * Reads out of an agent's error until when its account is exhausted. There is no standard for it, so several known
 * forms are understood, and only in errors that speak of a limit at all. Pure.
 */
import { spokenReset } from './spoken-reset.ts';
import { asRecord, asText } from './wire-value.ts';

/** An error as agents tell it, whatever they speak. */
export interface ToldError {
  code?: number;
  message: string;
  data?: unknown;
}

const SPEAKS_OF_LIMIT =
  /usage.?limit|rate.?limit|hit your (?:\w+ )?limit|quota|too many requests|exhausted|limit reached|\b429\b/i;
/** `Claude AI usage limit reached|1763845200` */
const AFTER_BAR = /limit[^|\n]*\|\s*(\d{10}|\d{13})\b/i;
const INSTANT_NAMES = ['resets_at', 'resetsAt', 'reset_at', 'resetAt', 'retry_at', 'retryAt'];
const SECONDS_NAMES = ['resets_in_seconds', 'resetsInSeconds', 'retry_after', 'retryAfter', 'retry_after_seconds'];
/** No account is exhausted for longer; a number beyond that is a misunderstanding. */
const WAIT_MS_MAX = 32 * 24 * 60 * 60 * 1000;
const SEARCH_DEPTH_MAX = 4;

/** Milliseconds since 1970, after `now`; undefined when the error does not say. */
export function usageLimitUntil(p: {
  error: ToldError;
  now: number;
  /** Of wall times that name no zone; the system's when absent. */
  zone?: string | undefined;
}): number | undefined {
  const data = JSON.stringify(p.error.data ?? '') ?? '';
  if (p.error.code !== 429 && !SPEAKS_OF_LIMIT.test(p.error.message) && !SPEAKS_OF_LIMIT.test(data)) return undefined;
  const spoken = AFTER_BAR.exec(`${p.error.message}\n${data}`)?.[1];
  const until =
    spoken === undefined
      ? (search(p.error.data, p.now, 0) ??
        spokenReset({ text: p.error.message, now: p.now, ...(p.zone === undefined ? {} : { zone: p.zone }) }))
      : instantOf(Number(spoken));
  if (until === undefined || until <= p.now || until > p.now + WAIT_MS_MAX) return undefined;
  return Math.ceil(until);
}

function search(value: unknown, now: number, depth: number): number | undefined {
  const record = asRecord(value);
  if (record === undefined || depth > SEARCH_DEPTH_MAX) return undefined;
  for (const name of INSTANT_NAMES) {
    const found = record[name];
    if (typeof found === 'number') return instantOf(found);
    const parsed = Date.parse(asText(found) ?? '');
    if (!Number.isNaN(parsed)) return parsed;
  }
  for (const name of SECONDS_NAMES) {
    const seconds = Number(record[name] ?? Number.NaN);
    if (Number.isFinite(seconds)) return now + seconds * 1000;
  }
  for (const inner of Object.values(record)) {
    const found = search(inner, now, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Seconds or milliseconds since 1970; the two cannot be confused for any instant of this century. */
function instantOf(number: number): number {
  return number < 100_000_000_000 ? number * 1000 : number;
}
