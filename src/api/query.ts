/** Reads a query string: every parameter known, given once, and of the type the contract says. */
import { z } from 'zod';
import { defined } from '../lib/defined.ts';
import { parseDuration } from '../model/duration.ts';
import { type EpochMs, epochMsMax, parseInstant } from '../model/instant.ts';
import type { Problem } from '../model/problem.ts';
import { parseScheduleText } from '../model/schedule/schedule-text.ts';
import { checkContract, validationFailed } from './contract-check.ts';

const subject = 'query';

/** Nobody holds a connection that waits for longer. */
export const WAIT_MS_MAX = 10 * 60 * 1000;

/** Texts as the contract's types want them; what cannot be read stays text and is refused by the schema. */
export function readQuery<S extends z.ZodObject>(schema: S, search: URLSearchParams): z.output<S> {
  const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const twice: Problem[] = [];
  for (const [name, text] of search) {
    const path = `query.${name}`;
    if (name in values) twice.push({ path, code: 'conflict', message: 'This parameter is given twice; give it once.' });
    values[name] = typed(text, schema.shape[name] as z.ZodType | undefined);
  }
  if (twice.length > 0) throw validationFailed(subject, twice);
  return checkContract(schema, { ...values }, { subject, path: 'query' });
}

function typed(text: string, schema: z.ZodType | undefined): unknown {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  if (inner instanceof z.ZodNumber) return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (inner instanceof z.ZodBoolean) return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

const wallTime = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d)?$/;

/**
 * RFC 3339, or a duration counted back from `now`; with a `zone` also wall time in it, which means what it means in a
 * schedule. `validation_failed` otherwise.
 */
export function readWhen(text: string, p: { now: EpochMs; path: string; zone?: string | undefined }): EpochMs {
  // An unencoded "+" of an offset arrives as a space; nobody means a space there.
  const written = text.replace(/^(\S+[Tt]\S+) (\d\d:\d\d)$/, '$1+$2');
  if (/^[-+]?[\d.]+[a-zµμ]/i.test(written) && !/^\d{4}-/.test(written)) {
    return p.now - readSpan(written.replace(/^-/, ''), { path: p.path, max: p.now + epochMsMax });
  }
  if (p.zone !== undefined && wallTime.test(written)) return readWallTime(written, { zone: p.zone, path: p.path });
  const instant = parseInstant(written, p.path);
  if (!instant.ok) throw validationFailed(subject, [instant.problem]);
  return instant.epochMs;
}

function readWallTime(text: string, p: { zone: string; path: string }): EpochMs {
  const read = parseScheduleText(`at:${text}`, { timezone: p.zone }, p.path);
  if (!read.ok) throw validationFailed(subject, [read.problem]);
  return readWhen(read.schedule.time ?? '', { now: 0, path: p.path });
}

/** A duration in milliseconds, from `min` (0 when absent) to `max`; `validation_failed` otherwise. */
export function readSpan(text: string, p: { path: string; min?: number; max: number }): number {
  const duration = parseDuration(text, p.path);
  if (!duration.ok) throw validationFailed(subject, [duration.problem]);
  const ms = Number(duration.nanoseconds / 1_000_000n);
  const { min = 0, max } = p;
  if (ms >= min && ms <= max) return ms;
  const tooLittle = min === 0 ? 'This must not be negative.' : `This must be at least ${min / 1000} seconds.`;
  const message = ms < min ? tooLittle : `This must be at most ${max / 1000} seconds.`;
  throw validationFailed(subject, [{ path: p.path, code: 'out_of_range', message, value: text }]);
}

/** A list's filters with the instants of its bounds read; what is absent stays absent. */
export function readBounds<T extends { since?: string | undefined; until?: string | undefined }>(
  query: T,
  now: EpochMs,
) {
  const { since, until, ...rest } = query;
  return {
    ...defined(rest),
    ...(since === undefined ? {} : { since: readWhen(since, { now, path: 'query.since' }) }),
    ...(until === undefined ? {} : { until: readWhen(until, { now, path: 'query.until' }) }),
  };
}
