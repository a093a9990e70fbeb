/**
 * Jitter: a delay that spreads starts, the same for one job and one instant on every node and after every restart,
 * so that a fire that is decided twice is due at the same moment both times. The scheduled instant stays the nominal one.
 */
import { durationMs } from '../duration.ts';
import type { EpochMs } from '../instant.ts';

/** MurmurHash3's last step: every bit of the input reaches every bit of the output. */
function scattered(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** FNV-1a over UTF-16 units, from a seed, scattered. */
function hash32(text: string, seed: number): number {
  let hash = 0x811c_9dc5 ^ seed;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  return scattered(hash);
}

/**
 * The delay of one job's start at one instant: whole milliseconds from 0 up to, not including, the jitter.
 * `jitter` is Go duration text or milliseconds; zero and below mean none. Throws on text that is no duration.
 */
export function jitterMs(jobId: string, instant: EpochMs, jitter: string | number): number {
  const spread = typeof jitter === 'number' ? Math.floor(jitter) : durationMs(jitter);
  if (!(spread > 0)) return 0;
  const text = `${jobId}\n${instant}`;
  // 53 bits from two hashes: one of 32 would leave steps of several milliseconds in a jitter of months.
  const fraction = (hash32(text, 0) * 2 ** 21 + (hash32(text, 0x9e37_79b9) >>> 11)) / 2 ** 53;
  return Math.floor(fraction * spread);
}
