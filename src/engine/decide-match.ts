/**
 * Whether an activation concerns a trigger, and what comes of it: pure, under the trigger's lock, with the facts that
 * jobs are decided on. Whatever concerns a trigger ends in exactly one row: a run, now or when the fire limit lets it,
 * or a `canceled` one that says why.
 */
import { dayMs } from '../lib/calendar.ts';
import type { Activation, MatchVerdict } from '../model/activation.ts';
import { conditionOf } from '../model/condition/condition.ts';
import { durationMs } from '../model/duration.ts';
import { allowsOwnEvents, overlapOf, priorityOf, queueTimeoutMsOf } from '../model/effective.ts';
import { envelopeText, firstFilterMismatch } from '../model/filter.ts';
import { eventFireIdFor, runIdFor, webhookFireIdFor } from '../model/identifiers.ts';
import type { EpochMs } from '../model/instant.ts';
import { formatInstant } from '../model/instant.ts';
import type { RunReason } from '../model/run.ts';
import type { CoalesceConfig, Trigger } from '../model/trigger.ts';
import type { MatchAcceptance, MatchAnswer, MatchCandidate } from '../store/activation-store.ts';
import type { AcceptanceFacts, NewRun } from '../store/acceptance.ts';
import { exhaustedBudget } from './budget.ts';
import type { DailyBudget } from './budget.ts';
import { earliestAcceptance } from './fire-limit.ts';
import { isExclusive, resolveOverlap } from './resolve-overlap.ts';

/** A gathering whose trigger names no longest wait closes after so many windows. */
const MAX_WAIT_WINDOWS = 10;

/**
 * So far ahead an event may be deferred. A sender faster than the limit would otherwise add to a queue without end, of
 * which nobody wants to see the last ones run years later.
 */
export const DEFERRAL_DAYS_MAX = 90;

export interface MatchSettings {
  /** Activations deeper than this are recorded and not dispatched. */
  maxDepth: number;
  daily: DailyBudget;
}

export function matchTrigger(p: {
  activation: Activation;
  candidate: MatchCandidate;
  settings: MatchSettings;
}): MatchAnswer {
  const { activation, candidate } = p;
  const { trigger } = candidate;
  const obstacle = switchedOff(candidate) ?? ownEvent(p) ?? unmatchedFilter(p) ?? unmatchedCondition(p);
  if (obstacle !== undefined) return { matched: false, ...obstacle };
  // What the loop guard stops must leave its row now, not when a window has passed.
  if (trigger.coalesce === undefined || activation.depth > p.settings.maxDepth) return { matched: true };
  return { matched: true, gather: gatherOf({ coalesce: trigger.coalesce, activation }) };
}

interface Unmatched {
  verdict: MatchVerdict;
  detail: string;
}

export function switchedOff(candidate: MatchCandidate): Unmatched | undefined {
  if (candidate.unreadable !== undefined) return { verdict: 'unreadable', detail: candidate.unreadable };
  if (candidate.paused !== undefined) {
    return { verdict: 'paused', detail: `the trigger is paused: ${candidate.paused}` };
  }
  return candidate.enabled ? undefined : { verdict: 'disabled', detail: 'the trigger is switched off' };
}

export function ownEvent(p: { activation: Activation; candidate: MatchCandidate }): Unmatched | undefined {
  const { cause } = p.activation;
  const { trigger } = p.candidate;
  if (cause?.automation_id !== trigger.id || allowsOwnEvents(trigger)) return undefined;
  const detail = `the trigger's own run ${cause.run_id} caused this event, and allow_own_events is not set`;
  return { verdict: 'own_event', detail };
}

export function unmatchedFilter(p: { activation: Activation; candidate: MatchCandidate }): Unmatched | undefined {
  const mismatch = firstFilterMismatch(p.candidate.trigger.filter, p.activation);
  return mismatch === undefined ? undefined : { verdict: 'filter', detail: mismatch.message };
}

export function unmatchedCondition(p: { activation: Activation; candidate: MatchCandidate }): Unmatched | undefined {
  const { when } = p.candidate.trigger;
  if (when === undefined) return undefined;
  const parsed = conditionOf(when);
  if (!parsed.ok) return { verdict: 'condition_error', detail: `the condition cannot be read: ${parsed.message}` };
  const answer = parsed.condition.evaluate(p.activation);
  if (answer.outcome === 'true') return undefined;
  return answer.outcome === 'error'
    ? { verdict: 'condition_error', detail: `the condition could not be evaluated: ${answer.error}` }
    : { verdict: 'condition', detail: 'the condition (when) is false for this event' };
}

function gatherOf(p: { coalesce: CoalesceConfig; activation: Activation }): {
  key: string;
  window_ms: number;
  max_wait_ms: number;
} {
  const { key, window, max_wait } = p.coalesce;
  const windowMs = durationMs(window);
  return {
    // Those without the key are a group of their own, rather than lost.
    key: key === undefined ? '' : (envelopeText(p.activation, key) ?? ''),
    window_ms: windowMs,
    max_wait_ms: max_wait === undefined ? windowMs * MAX_WAIT_WINDOWS : durationMs(max_wait),
  };
}

export function acceptMatch(p: {
  activation: Activation;
  candidate: MatchCandidate;
  facts: AcceptanceFacts;
  settings: MatchSettings;
  now: EpochMs;
}): MatchAcceptance {
  const { activation, facts, settings, now } = p;
  const { trigger } = p.candidate;
  // Gathered while it was on, and switched off since.
  const off = switchedOff(p.candidate);
  if (off !== undefined) return { runs: [], cancellations: [], ...off };
  const run = newRun({ trigger, activation, now });
  if (activation.depth > settings.maxDepth) {
    const detail = `${activation.depth} runs lie between this event and the world outside, more than max_depth (${settings.maxDepth}) allows`;
    return refused(run, 'loop_guard', detail);
  }
  const overlap = resolveOverlap({ policy: overlapOf(trigger), unfinished: facts.unfinished, newRunId: run.id });
  if (!overlap.accept) return refused(run, 'overlap', overlap.error);
  const exhausted = exhaustedBudget({
    automation: trigger,
    spent: facts.spent,
    daily: settings.daily,
    spentToday: facts.spent_today,
  });
  if (exhausted !== undefined) return refused(run, 'budget', exhausted.sentence);
  const startAt = earliestAcceptance({ limit: trigger.fire_limit, accepted: facts.accepted, at: now });
  const { cancellations } = overlap;
  if (startAt === now)
    return { runs: [run], cancellations, verdict: 'fired', detail: 'it matched, and a run was created' };
  const { max, window } = trigger.fire_limit;
  if (startAt - now > DEFERRAL_DAYS_MAX * dayMs) {
    const error = `so many wait for the fire limit (${max} within ${window}) that its run could start at ${formatInstant(startAt)} only, more than ${DEFERRAL_DAYS_MAX} days from now`;
    return refused(run, 'fire_limit', error);
  }
  const detail = `it matched; ${max} within ${window} are accepted already (fire_limit), so its run starts at ${formatInstant(startAt)}`;
  return { runs: [newRun({ trigger, activation, now: startAt })], cancellations, verdict: 'deferred', detail };
}

function refused(run: NewRun, verdict: MatchVerdict & RunReason, error: string): MatchAcceptance {
  const { expires_at: _expires, ...row } = run;
  return {
    runs: [{ ...row, status: 'canceled', reason: verdict, error }],
    cancellations: [],
    verdict,
    detail: error,
  };
}

function newRun(p: { trigger: Trigger; activation: Activation; now: EpochMs }): NewRun {
  const { trigger, activation, now } = p;
  const fireId = fireIdOf(p);
  const queueTimeoutMs = queueTimeoutMsOf(trigger);
  return {
    id: runIdFor({ fire_id: fireId, attempt: 1 }),
    fire_id: fireId,
    attempt: 1,
    kind: 'trigger',
    status: 'scheduled',
    available_at: now,
    accepted_at: now,
    ...(queueTimeoutMs === null ? {} : { expires_at: now + queueTimeoutMs }),
    priority: priorityOf(trigger),
    exclusive: isExclusive(overlapOf(trigger)),
    catch_up: false,
    event_id: activation.id,
    depth: activation.depth,
  };
}

/** A delivery identifies its fire, so that the same one under another event could not fire again. */
function fireIdOf(p: { trigger: Trigger; activation: Activation }): string {
  const { trigger, activation } = p;
  const deliveryId = activation.source === 'webhook' ? activation.data['delivery_id'] : undefined;
  return typeof deliveryId === 'string'
    ? webhookFireIdFor({ trigger_id: trigger.id, delivery_id: deliveryId })
    : eventFireIdFor({ trigger_id: trigger.id, event_id: activation.id });
}
