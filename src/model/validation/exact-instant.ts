/**
 * Instants to the nanosecond, for the comparisons of validation only.
 *
 * Rouse keeps milliseconds. The reference compares nanoseconds, and its missing instant is the first of January of
 * year 1; both show in verdicts: a run that ended a nanosecond before it started, an instant one nanosecond after zero.
 */
import { type EpochMs, parseInstant } from '../instant.ts';
import type { Problem } from '../problem.ts';

export interface ExactInstant {
  readonly epochMs: EpochMs;
  /** What lies below the millisecond, 0 to 999999; counts upwards for every year. */
  readonly nanoseconds: number;
}

/** 0001-01-01T00:00:00Z, which the reference system cannot tell from no instant at all. */
const zeroEpochMs = Date.parse('0001-01-01T00:00:00.000Z');

export function parseExactInstant(
  text: string,
  path: string,
): { readonly ok: true; readonly instant: ExactInstant } | { readonly ok: false; readonly problem: Problem } {
  const result = parseInstant(text, path);
  if (!result.ok) return result;
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const nanoseconds = Number(fraction.slice(3, 9).padEnd(6, '0'));
  return { ok: true, instant: { epochMs: result.epochMs, nanoseconds } };
}

export function isZeroInstant(instant: ExactInstant): boolean {
  return instant.epochMs === zeroEpochMs && instant.nanoseconds === 0;
}

export function isBefore(p: { instant: ExactInstant; other: ExactInstant }): boolean {
  const { instant, other } = p;
  if (instant.epochMs !== other.epochMs) return instant.epochMs < other.epochMs;
  return instant.nanoseconds < other.nanoseconds;
}
