/**
 * The rolling fire limit: at most `max` accepted runs in any window. Pure arithmetic over the acceptances that the
 * store read under the automation's lock; who defers and who refuses is for the callers to decide.
 */
import type { FireLimitConfig } from '../model/fire-limit-config.ts';
import { durationMs } from '../model/duration.ts';
import type { EpochMs } from '../model/instant.ts';

/**
 * The earliest instant, not before `at`, at which one more run may be accepted.
 *
 * A window is half open: a run accepted at t counts from t until just before t + window. `accepted` is ascending and
 * holds at least the newest `max` acceptances that can matter, future (deferred) ones included, so deferrals queue up
 * behind one another instead of all landing on one instant.
 */
export function earliestAcceptance(p: { limit: FireLimitConfig; accepted: readonly EpochMs[]; at: EpochMs }): EpochMs {
  if (p.accepted.length < p.limit.max) return p.at;
  const oldestThatCounts = p.accepted[p.accepted.length - p.limit.max];
  if (oldestThatCounts === undefined) return p.at;
  return Math.max(p.at, oldestThatCounts + durationMs(p.limit.window));
}
