/** UTC days as the account of use names them. */
import { formatInstant } from '../../model/instant.ts';
import type { EpochMs } from '../../model/instant.ts';

const DAY_MS = 86_400_000;

/** `2026-11-22` */
export function dayOf(at: EpochMs): string {
  return formatInstant(at).slice(0, 10);
}

/** The first instant of a day that is not before `at`. */
export function dayStartFrom(at: EpochMs): EpochMs {
  return Math.ceil(at / DAY_MS) * DAY_MS;
}
