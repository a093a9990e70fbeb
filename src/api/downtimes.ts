/** When no daemon was at work, between signs of life. Pure. */
import type { EpochMs } from '../model/instant.ts';
import type { Uptime } from '../store/uptime-store.ts';

export interface Downtime {
  from: EpochMs;
  to: EpochMs;
}

/** Signs of life come every five seconds; less than a few of them missing says nothing. */
const DOWNTIME_MS_MIN = 20_000;

/**
 * What lies between `uptimes`, which rise by their beginning and may overlap. Before the first of them nothing is known
 * and nothing is claimed; at `now` a daemon is at work, since it is asked.
 */
export function downtimesOf(uptimes: readonly Uptime[], p: { from: EpochMs; now: EpochMs }): Downtime[] {
  const downtimes: Downtime[] = [];
  let upUntil: EpochMs | undefined;
  for (const { from, until } of [...uptimes, { from: p.now, until: p.now }]) {
    if (upUntil !== undefined && from - upUntil >= DOWNTIME_MS_MIN && from > p.from) {
      downtimes.push({ from: Math.max(upUntil, p.from), to: from });
    }
    upUntil = Math.max(upUntil ?? until, until);
  }
  return downtimes;
}
