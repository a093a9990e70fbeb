/**
 * What follows a finished run (runtime section 4.6): another attempt under the same fire, or the end of it. Pure; the
 * waiting time becomes `available_at` of a row, so it survives a restart.
 */
import { durationMs } from '../model/duration.ts';
import { maxDelayMsOf, overlapOf, priorityOf } from '../model/effective.ts';
import { countFailure } from '../model/failure-count.ts';
import { runIdFor } from '../model/identifiers.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Automation } from '../model/automation.ts';
import type { Run, RunReason } from '../model/run.ts';
import type { AcceptanceFacts, NewRun } from '../store/acceptance.ts';
import type { AutomationRecord } from '../store/definition-store.ts';
import type { FollowUp, RunResult } from '../store/run-store.ts';
import { earliestAcceptance } from './fire-limit.ts';
import { isExclusive } from './resolve-overlap.ts';
import { stableFraction } from './stable-fraction.ts';

/** Trying again would end the same way, or was forbidden by a person. */
const NEVER_RETRIED: ReadonlySet<RunReason> = new Set(['template', 'permission', 'budget', 'hook', 'user']);

/** The end of the daemon is no failure of the automation: it says nothing about whether the next fire will fail. */
const NOBODYS_FAILURE: ReadonlySet<RunReason> = new Set(['shutdown', 'interrupted']);

/** A fire that meets one usage limit after the other is tried so often beyond its retries. */
const USAGE_LIMIT_ATTEMPTS_MAX = 10;

/** Waiting time where the agent names an instant that has passed already: a hold until then would hold nothing. */
const USAGE_LIMIT_WAIT_MS = 60_000;

/** Up to this share is added to a delay, so that what failed together does not come back together. */
const DELAY_JITTER_SHARE = 0.1;

export function decideFollowUp(p: {
  run: Run;
  result: RunResult;
  record: AutomationRecord | undefined;
  facts: AcceptanceFacts;
  /** Until when the agent is held, when it reported a usage limit. */
  heldUntil?: EpochMs;
  now: EpochMs;
}): FollowUp {
  const before = p.record?.consecutive_failures ?? 0;
  if (p.result.status === 'completed') return { consecutive_failures: 0 };
  // The row knows better than the result: somebody may have asked for its end while the agent failed by itself.
  const isCanceled = p.result.status === 'canceled' || p.run.status === 'canceled';
  if (isCanceled || p.record === undefined) return { consecutive_failures: before };
  const dueAt = retryDueAt({ ...p, automation: p.record.automation });
  if (dueAt === undefined || p.run.fire_id === undefined) {
    if (p.result.reason !== undefined && NOBODYS_FAILURE.has(p.result.reason)) return { consecutive_failures: before };
    return countFailure({ ...p.record, before });
  }
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
    // What is rendered from an event is rendered anew: the row holds it as it was shown, without secrets.
    ...(p.run.kind === 'schedule' || p.run.event_id !== undefined || p.run.prompt === undefined
      ? {}
      : { prompt: p.run.prompt }),
  };
  return { retry: next, consecutive_failures: before };
}

/** When another attempt may start, or undefined when none follows. */
function retryDueAt(p: {
  run: Run;
  result: RunResult;
  automation: Automation;
  heldUntil?: EpochMs;
  now: EpochMs;
}): EpochMs | undefined {
  const { retry } = p.automation;
  const retries = retry.strategy === 'backoff' ? retry.max_retries : 0;
  // The work was not done and nobody is at fault: the fire waits for the account, whatever the retry policy.
  if (p.result.reason === 'usage_limit' && p.heldUntil !== undefined) {
    if (p.run.attempt > retries + USAGE_LIMIT_ATTEMPTS_MAX) return undefined;
    // Available at once, because the hold itself keeps it waiting: whoever releases the agent releases the fire too.
    return p.heldUntil > p.now ? p.now : p.now + USAGE_LIMIT_WAIT_MS;
  }
  if (p.run.attempt > retries || (p.result.reason !== undefined && NEVER_RETRIED.has(p.result.reason)))
    return undefined;
  return p.now + retryDelayMs(p);
}

/** `base_delay × 2^(attempt−1)`, capped at `max_delay`, plus a stable share of it. */
export function retryDelayMs(p: { automation: Automation; run: { id: string; attempt: number } }): number {
  const baseMs = durationMs(p.automation.retry.base_delay);
  const doublings = Math.min(p.run.attempt - 1, 40);
  const delayMs = Math.min(baseMs * 2 ** doublings, maxDelayMsOf(p.automation));
  return Math.round(delayMs * (1 + DELAY_JITTER_SHARE * stableFraction(`retry ${p.run.id}`)));
}
