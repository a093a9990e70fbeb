/**
 * The policies of an automation with their defaults filled in. Nobody else writes `?? 'skip'`: what an absent field
 * means is said here and nowhere else. Durations come out in milliseconds; null means "no such limit".
 *
 * The texts in a domain object were validated and trimmed when it was completed (definition.ts).
 */
import { type Automation, isTrigger } from './automation.ts';
import {
  DEFAULT_BUDGET_WINDOW,
  DEFAULT_PAUSE_AFTER_FAILURES,
  DEFAULT_TIMEOUT,
  type OverlapPolicy,
  type SessionMode,
  type SuccessOutput,
} from './automation-fields.ts';
import { durationMs } from './duration.ts';
import { DEFAULT_JOB_OVERLAP, type Job } from './job.ts';
import { DEFAULT_MAX_DELAY } from './retry-config.ts';
import {
  type CatchUpPolicy,
  DEFAULT_CATCH_UP_MAX,
  DEFAULT_CATCH_UP_POLICY,
  DEFAULT_MISFIRE_GRACE_SECONDS,
  type DstRule,
} from './schedule/schedule-spec.ts';
import {
  DEFAULT_TRIGGER_OVERLAP,
  DEFAULT_WEBHOOK_SCHEME,
  type TimestampedSchemeConfig,
  type Trigger,
  type WebhookSchemeName,
} from './trigger.ts';

/** Milliseconds of an optional limit, where absent and zero both mean that there is none. */
function limitMs(text: string | undefined): number | null {
  const milliseconds = text === undefined ? 0 : durationMs(text);
  return milliseconds === 0 ? null : milliseconds;
}

/** A count where absent and zero both mean that there is no limit. */
function limit(count: number | undefined): number | null {
  return count === undefined || count === 0 ? null : count;
}

export function overlapOf(automation: Automation): OverlapPolicy {
  return automation.overlap ?? (isTrigger(automation) ? DEFAULT_TRIGGER_OVERLAP : DEFAULT_JOB_OVERLAP);
}

/** The longest life of a run; `"0"` is none. */
export function timeoutMsOf(automation: Automation): number | null {
  return limitMs(automation.timeout ?? DEFAULT_TIMEOUT);
}

/** How long a run may wait for its start. */
export function queueTimeoutMsOf(automation: Automation): number | null {
  return limitMs(automation.queue_timeout);
}

/** Higher first. */
export function priorityOf(automation: Automation): number {
  return automation.priority ?? 0;
}

/** So many fires in a row failed for good disable the automation; 0 in a definition means never. */
export function pauseAfterFailuresOf(automation: Automation): number | null {
  return limit(automation.pause_after_failures ?? DEFAULT_PAUSE_AFTER_FAILURES);
}

export function sessionOf(automation: Automation): {
  mode: SessionMode;
  maxTurns: number | null;
  maxTokens: number | null;
  maxAgeMs: number | null;
} {
  const session = automation.session ?? {};
  return {
    mode: session.mode ?? 'new',
    maxTurns: limit(session.max_turns),
    maxTokens: limit(session.max_tokens),
    maxAgeMs: limitMs(session.max_age),
  };
}

export function successOf(automation: Automation): {
  exitCodes: readonly number[];
  output: SuccessOutput;
  pattern: string | null;
  file: string | null;
} {
  const success = automation.success ?? {};
  return {
    exitCodes: success.exit_codes ?? [0],
    output: success.output ?? 'required',
    pattern: success.pattern ?? null,
    file: success.file ?? null,
  };
}

/** What a run, and the automation within a rolling window, may spend. */
export function budgetOf(automation: Automation): {
  runTokens: number | null;
  runCostUsd: number | null;
  tokens: number | null;
  costUsd: number | null;
  windowMs: number;
} {
  const budget = automation.budget ?? {};
  return {
    runTokens: limit(budget.run_tokens),
    runCostUsd: limit(budget.run_cost_usd),
    tokens: limit(budget.tokens),
    costUsd: limit(budget.cost_usd),
    windowMs: durationMs(budget.window ?? DEFAULT_BUDGET_WINDOW),
  };
}

/** The longest wait before a retry; never shorter than the first one. */
export function maxDelayMsOf(automation: Automation): number {
  const { base_delay: base, max_delay: max } = automation.retry;
  return Math.max(durationMs(max ?? DEFAULT_MAX_DELAY), base === '' ? 0 : durationMs(base));
}

export function catchUpPolicyOf(job: Job): CatchUpPolicy {
  return job.schedule?.catch_up_policy ?? DEFAULT_CATCH_UP_POLICY;
}

export function misfireGraceSecondsOf(job: Job): number {
  return job.schedule?.misfire_grace_seconds ?? DEFAULT_MISFIRE_GRACE_SECONDS;
}

/** How many missed instants `replay` runs at most. */
export function catchUpMaxOf(job: Job): number {
  return job.schedule?.catch_up_max ?? DEFAULT_CATCH_UP_MAX;
}

/** An instant that is later than this never runs. */
export function catchUpWindowMsOf(job: Job): number | null {
  return limitMs(job.schedule?.catch_up_window);
}

/** Starts are spread over so many milliseconds; 0 when they are not. */
export function jitterSpreadMsOf(job: Job): number {
  return limitMs(job.schedule?.jitter) ?? 0;
}

export function dstRuleOf(job: Job): Required<DstRule> {
  return { gap: job.schedule?.dst?.gap ?? 'run_after', overlap: job.schedule?.dst?.overlap ?? 'first' };
}

/** How deliveries are authenticated; the headers are there only where they differ from the scheme's own. */
export function webhookSchemeOf(trigger: Trigger): {
  scheme: WebhookSchemeName;
  headers: Omit<TimestampedSchemeConfig, 'scheme'>;
} {
  const written = trigger.webhook_scheme ?? DEFAULT_WEBHOOK_SCHEME;
  if (typeof written === 'string') return { scheme: written, headers: {} };
  const { scheme, ...headers } = written;
  return { scheme, headers };
}

export function allowsOwnEvents(trigger: Trigger): boolean {
  return trigger.allow_own_events ?? false;
}
