/**
 * The store port, chapter uptime: when a daemon was at work on this store, from the signs of life that it gives. Nothing
 * is decided by it; it is there so that people can be told when nothing could have happened.
 */
import type { EpochMs } from '../model/instant.ts';

/** From the first sign of life to the last one before a silence. */
export interface Uptime {
  instance: string;
  from: EpochMs;
  until: EpochMs;
}

export interface UptimeStore {
  /**
   * `instance` is at work. Prolongs its span, or begins another one when its last sign is more than `silence_ms` old:
   * then the process, or the machine under it, stood still meanwhile. A clock that went back shortens nothing. Spans
   * that ended more than {@link UPTIME_KEPT_MS} ago are forgotten.
   */
  noteUptime(p: { now: EpochMs; instance: string; silence_ms: number }): Promise<void>;
  /** Spans that reach `since` or later, rising by their beginning. */
  listUptimes(p: { since: EpochMs }): Promise<Uptime[]>;
}

/** A day more than the time line reaches back. */
export const UPTIME_KEPT_MS = 8 * 86_400_000;
