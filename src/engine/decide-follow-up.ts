/**
 * What follows a finished run (runtime section 4.6): another attempt under the same fire, or the end of it. Pure; the
 * waiting time becomes `available_at` of a row, so it survives a restart.
 */
import { durationMs } from '../model/duration.ts';
import { maxDelayMsOf, overlapOf, priorityOf } from '../model/effective.ts';
import { runIdFor } from '../model/identifiers.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Automation } from '../model/automation.ts';
import type { Run, RunReason } from '../model/run.ts';
import type { AcceptanceFacts, AutomationRecord, FollowUp, NewRun, RunResult } from '../store/store.ts';
import { earliestAcceptance } from './fire-limit.ts';
import { isExclusive } from './resolve-overlap.ts';
import { stableFraction } from './stable-fraction.ts';

/** Trying again would end the same way, or was forbidden by a person. */
const NEVER_RETRIED: ReadonlySet<RunReason> = new Set(['template', 'permission', 'budget', 'hook', 'user']);

/** Up to this share is added to a delay, so that what failed together does not come back together. */
const DELAY_JITTER_SHARE = 0.1;

export function decideFollowUp(p: {
  run: Run;
  result: RunResult;
  record: AutomationRecord | undefined;
  facts: AcceptanceFacts;
  now: EpochMs;
}): FollowUp {
  const before = p.record?.consecutive_failures ?? 0;
  if (p.result.status === 'completed') return { consecutive_failures: 0 };
  if (p.result.status === 'canceled' || p.record === undefined) return { consecutive_failures: before };
  const { retry } = p.record.automation;
  const mayRetry = p.result.reason === undefined || !NEVER_RETRIED.has(p.result.reason);
  if (retry.strategy !== 'backoff' || p.run.attempt > retry.max_retries || !mayRetry || p.run.fire_id === undefined) {
    return { consecutive_failures: before + 1 };
  }
  const dueAt = p.now + retryDelayMs({ automation: p.record.automation, run: p.run });
  const availableAt = earliestAcceptance({
    limit: p.record.automation.fire_limit,
    accepted: p.facts.accepted,
    at: dueAt,
  });
  const attempt = p.run.attempt + 1;
  const next: NewRun = {
    id: runIdFor({ fire_id: p.run.fire_id, attempt }),
    fire_id: p.run.fire_id,
    attempt,
    kind: p.run.kind,
    status: 'scheduled',
    available_at: availableAt,
    accepted_at: availableAt,
    priority: priorityOf(p.record.automation),
    exclusive: isExclusive(overlapOf(p.record.automation)),
    catch_up: false,
    ...(p.run.scheduled_at === undefined ? {} : { scheduled_at: p.run.scheduled_at }),
    ...(p.run.actor === undefined ? {} : { actor: p.run.actor }),
    ...(p.run.event_id === undefined ? {} : { event_id: p.run.event_id }),
    ...(p.run.depth === undefined ? {} : { depth: p.run.depth }),
    ...(p.run.kind === 'schedule' || p.run.prompt === undefined ? {} : { prompt: p.run.prompt }),
  };
  return { retry: next, consecutive_failures: before };
}

/** `base_delay × 2^(attempt−1)`, capped at `max_delay`, plus a stable share of it. */
export function retryDelayMs(p: { automation: Automation; run: { id: string; attempt: number } }): number {
  const baseMs = durationMs(p.automation.retry.base_delay);
  const doublings = Math.min(p.run.attempt - 1, 40);
  const delayMs = Math.min(baseMs * 2 ** doublings, maxDelayMsOf(p.automation));
  return Math.round(delayMs * (1 + DELAY_JITTER_SHARE * stableFraction(`retry ${p.run.id}`)));
}
