/**
 * Backfill (runtime section 3): the instants of a past range, created on demand. Pure, so the dry run and the real one
 * cannot differ. Each instant has its own identity, apart from the scheduled fire's: asking twice creates nothing twice,
 * and an instant that was missed keeps the row that says so.
 */
import type { Automation } from '../model/automation.ts';
import { overlapOf, priorityOf } from '../model/effective.ts';
import { backfillFireIdFor, runIdFor } from '../model/identifiers.ts';
import type { EpochMs } from '../model/instant.ts';
import type { AcceptanceFacts, NewRun } from '../store/acceptance.ts';
import { earliestAcceptance } from './fire-limit.ts';
import { isExclusive } from './resolve-overlap.ts';

/** Instants of one request; a longer range is asked for in parts. */
export const BACKFILL_MAX = 1000;

/**
 * One run per instant, oldest first. They queue whatever the overlap policy (all were asked for), one after the other
 * where the policy keeps runs apart, behind live fires; the fire limit defers them instead of refusing.
 */
export function decideBackfill(p: {
  automation: Automation;
  instants: readonly EpochMs[];
  facts: AcceptanceFacts;
  actor: string;
  now: EpochMs;
}): NewRun[] {
  const accepted = [...p.facts.accepted];
  return p.instants.map((instant) => {
    const fireId = backfillFireIdFor({ job_id: p.automation.id, scheduled_at: instant });
    const availableAt = earliestAcceptance({ limit: p.automation.fire_limit, accepted, at: p.now });
    accepted.push(availableAt);
    return {
      id: runIdFor({ fire_id: fireId, attempt: 1 }),
      fire_id: fireId,
      attempt: 1,
      kind: 'backfill',
      status: 'scheduled',
      scheduled_at: instant,
      available_at: availableAt,
      accepted_at: availableAt,
      priority: priorityOf(p.automation),
      exclusive: isExclusive(overlapOf(p.automation)),
      catch_up: true,
      actor: p.actor,
    };
  });
}
