/** What schemes have in common: comparing signatures in constant time, and reading and judging the sender's time. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { formatInstant } from '../../model/instant.ts';
import type { EpochMs } from '../../model/instant.ts';
import { malformed, type Refused } from './signature-scheme.ts';

/** HMAC-SHA256 over the parts, one after the other. */
export function hmac(key: string | Uint8Array, parts: readonly (string | Uint8Array)[]): Buffer {
  const signing = createHmac('sha256', key);
  for (const part of parts) signing.update(part);
  return signing.digest();
}

/**
 * Whether any of `given` is any of `expected`, as text. Every pair is compared, so the time depends on their numbers
 * and lengths only, which the sender knows.
 */
export function anyEqual(given: readonly string[], expected: readonly string[]): boolean {
  let found = false;
  for (const one of given) {
    const bytes = Buffer.from(one, 'utf8');
    for (const other of expected) {
      const wanted = Buffer.from(other, 'utf8');
      if (bytes.byteLength === wanted.byteLength && timingSafeEqual(bytes, wanted)) found = true;
    }
  }
  return found;
}

/** A header that lists more signatures than a rotation could explain only wants to keep us busy. */
const SIGNATURES_MAX = 16;

export function boundedList(signatures: readonly string[]): readonly string[] {
  return signatures.slice(0, SIGNATURES_MAX);
}

/** Whole seconds since 1970, as all of these senders write them. */
export function readSeconds(text: string, header: string): { ok: true; at: EpochMs } | Refused {
  if (!/^\d{1,11}$/u.test(text)) return malformed(header, 'a time in whole seconds since 1970');
  return { ok: true, at: Number(text) * 1000 };
}

/** Undefined when the time is close enough to ours. Asked only after the signature held. */
export function checkFresh(p: { at: EpochMs; now: EpochMs; toleranceMs: number }): Refused | undefined {
  if (Math.abs(p.now - p.at) <= p.toleranceMs) return undefined;
  const side = p.at < p.now ? 'old' : 'far ahead';
  const seconds = Math.round(Math.abs(p.now - p.at) / 1000);
  const detail = `it was signed at ${formatInstant(p.at)}, which is ${seconds} seconds too ${side} to be believed`;
  return { ok: false, refusal: 'stale', detail };
}
