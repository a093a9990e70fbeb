/**
 * From what a person wrote to a definition that cannot be wrong, and back to the wire.
 *
 * Configuration, packages, API, CLI and MCP all come through here: missing fields get their defaults, the whole is
 * validated, and the result has every text trimmed and instants as numbers. What a person may leave out is said here;
 * what it must be, in validation/.
 */
import type { Automation } from './automation.ts';
import type { AutomationFields, JobSource } from './automation-fields.ts';
import {
  type Document,
  fireLimitIn,
  objectIn,
  retryIn,
  scheduleOf,
  sharedOptionsIn,
  taskOf,
  textIn,
  triggerOptionsIn,
} from './definition-fields.ts';
import { checkEventKind } from './event-kind.ts';
import { fieldPath } from './field-path.ts';
import { defaultFireLimitConfig, type FireLimitConfig } from './fire-limit-config.ts';
import { jobIdFor, triggerIdFor, webhookIdFor } from './identifiers.ts';
import { type EpochMs, formatInstant } from './instant.ts';
import type { Job } from './job.ts';
import type { Problem } from './problem.ts';
import { defaultRetryConfig } from './retry-config.ts';
import type { CatchUpPolicy } from './schedule/schedule-spec.ts';
import type { Scope } from './scope.ts';
import type { Trigger } from './trigger.ts';
import { validateJob } from './validation/job.ts';
import { validateTrigger } from './validation/trigger.ts';
import { isObject, ownField } from './validation/value-kind.ts';
import { isWebhookEvent } from './validation/webhook.ts';

/** What the configuration says about definitions that do not say it themselves; absent fields are Rouse's own defaults. */
export interface DefinitionDefaults {
  readonly fire_limit?: FireLimitConfig;
  readonly catch_up_policy?: CatchUpPolicy;
  /** Go duration text; `"0"` is none. */
  readonly timeout?: string;
}

export interface DefinitionContext {
  /** Absent: derived from scope, workspace and name, as definitions from files are identified. */
  readonly id?: string;
  readonly source: JobSource;
  readonly now: EpochMs;
  /** When the definition was first created; `now` when absent. */
  readonly createdAt?: EpochMs;
  readonly defaults?: DefinitionDefaults;
}

export type Completion<A extends Automation> =
  | { readonly ok: true; readonly automation: A }
  | { readonly ok: false; readonly problems: Problem[] };

/**
 * Completes a job as written (wire JSON). `id`, `source`, `created_at` and `updated_at` are the context's, whatever the
 * document says, so that a job that was read can be written again. `path` begins the problems' paths.
 */
export function completeJob(written: unknown, context: DefinitionContext, path = 'job'): Completion<Job> {
  const document = withDefaults(written, context);
  const problems = validateJob(document, path);
  if (problems.length > 0 || !isObject(document)) return { ok: false, problems };
  const schedule = objectIn(document, 'schedule');
  const task = objectIn(document, 'task');
  const shared = sharedFields(document, context);
  const automation: Job = {
    ...shared,
    id: context.id ?? jobIdFor(shared),
    ...(schedule === undefined ? {} : { schedule: withCatchUp(scheduleOf(schedule), context.defaults) }),
    ...(task === undefined ? {} : { task: taskOf(task) }),
  };
  return { ok: true, automation };
}

/** As {@link completeJob}, for triggers. A webhook trigger gets the half of its address that it does not name. */
export function completeTrigger(written: unknown, context: DefinitionContext, path = 'trigger'): Completion<Trigger> {
  const document = withDefaults(written, context);
  const problems = [...validateTrigger(document, path), ...eventProblems(document, path)];
  if (problems.length > 0 || !isObject(document)) return { ok: false, problems };
  const shared = sharedFields(document, context);
  const id = context.id ?? triggerIdFor(shared);
  const event = textIn(document, 'event');
  const address = isWebhookEvent(event)
    ? { webhook_id: webhookIdFor({ trigger_id: id }), endpoint_slug: slugOf(shared.name) }
    : {};
  return { ok: true, automation: { ...shared, id, event, ...address, ...triggerOptionsIn(document) } };
}

/**
 * The reference system takes any text as an event, and so does the validator; a definition that would wait for ever is
 * refused all the same.
 */
function eventProblems(document: unknown, path: string): Problem[] {
  const event = isObject(document) ? textIn(document, 'event') : '';
  const wrong = event === '' ? undefined : checkEventKind(event);
  if (wrong === undefined) return [];
  return [{ path: fieldPath({ path, field: 'event' }), code: 'unknown_value', message: wrong, value: event }];
}

/** The wire document with what was left out; anything but an object is passed on for the validator to refuse. */
function withDefaults(written: unknown, context: DefinitionContext): unknown {
  if (!isObject(written)) return written;
  const { defaults = {}, now, createdAt = now, source, id = '' } = context;
  const { timeout } = defaults;
  return {
    ...written,
    enabled: ownField(written, 'enabled') ?? true,
    retry: ownField(written, 'retry') ?? defaultRetryConfig(),
    fire_limit: ownField(written, 'fire_limit') ?? defaults.fire_limit ?? defaultFireLimitConfig(),
    ...(timeout === undefined ? {} : { timeout: ownField(written, 'timeout') ?? timeout }),
    id,
    source,
    created_at: formatInstant(createdAt),
    updated_at: formatInstant(now),
  };
}

function sharedFields(document: Document, context: DefinitionContext): Omit<AutomationFields, 'id'> {
  return {
    scope: textIn(document, 'scope') as Scope,
    name: textIn(document, 'name'),
    agent_name: textIn(document, 'agent_name'),
    // Space in a prompt is the person's own.
    prompt: (ownField(document, 'prompt') as string | undefined) ?? '',
    enabled: ownField(document, 'enabled') === true,
    retry: retryIn(document),
    fire_limit: fireLimitIn(document),
    source: context.source,
    created_at: context.createdAt ?? context.now,
    updated_at: context.now,
    ...sharedOptionsIn(document),
  };
}

function withCatchUp(
  schedule: NonNullable<Job['schedule']>,
  defaults: DefinitionDefaults | undefined,
): typeof schedule {
  const policy = defaults?.catch_up_policy;
  return schedule.catch_up_policy !== undefined || policy === undefined
    ? schedule
    : { ...schedule, catch_up_policy: policy };
}

const slugLengthMax = 64;

/** The readable half of a webhook's address, from the trigger's name. */
function slugOf(name: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.join('-').slice(0, slugLengthMax).replace(/-$/, '') || 'webhook';
}

/** A definition on wire terms: instants as RFC 3339 text. Valid input for the validators and {@link completeJob}. */
export function automationToWire<A extends Automation>(
  automation: A,
): Omit<A, 'created_at' | 'updated_at'> & { created_at: string; updated_at: string } {
  return {
    ...automation,
    created_at: formatInstant(automation.created_at),
    updated_at: formatInstant(automation.updated_at),
  };
}
