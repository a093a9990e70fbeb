/**
 * What the row of a limit covers in advance (runtime section 4.3) are instants still to come, under the schedule and the
 * limits of the moment. Whoever changes one of those expects it to take effect at once, so the rest of such a row is
 * void then: its instants are decided when they come. Pure.
 */
import { sha256Hex } from '../lib/hash.ts';
import { budgetOf } from '../model/effective.ts';
import type { Job } from '../model/job.ts';
import type { DailyBudget } from './budget.ts';

/** Sixteen hexadecimal digits over all that such a row was decided by. */
export function limitsDigest(p: { job: Job; scheduleHash: string | undefined; daily: DailyBudget }): string {
  const { max, window } = p.job.fire_limit;
  const { tokens, costUsd, windowMs } = budgetOf(p.job);
  const parts = [p.scheduleHash, max, window, tokens, costUsd, windowMs, p.daily.tokens, p.daily.costUsd];
  return sha256Hex(JSON.stringify(parts)).slice(0, 16);
}
