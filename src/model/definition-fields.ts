/**
 * The parts of a definition as they are kept: texts trimmed, blank optional ones left out, lists copied. Input has been
 * validated; nothing here checks anything. After this nobody trims or asks again whether a text is blank.
 */
import { trimSpace } from '../lib/go-text.ts';
import type { AutomationFields, BudgetConfig, SessionConfig, SuccessConfig } from './automation-fields.ts';
import type { FireLimitConfig } from './fire-limit-config.ts';
import { canonicalFilterPath } from './filter.ts';
import type { JobTaskConfig, Ownership, OwnerKind } from './job-task-config.ts';
import type { RetryConfig } from './retry-config.ts';
import type { DstRule, ScheduleSpec } from './schedule/schedule-spec.ts';
import type { CoalesceConfig, TimestampedSchemeConfig, Trigger } from './trigger.ts';
import { canonicalSecretRef } from './validation/secret-ref.ts';
import { ownerKindOf } from './validation/single-values.ts';
import { isObject, ownField } from './validation/value-kind.ts';

/** A validated wire object. */
export type Document = Readonly<Record<string, unknown>>;

/** The object in a field; undefined when there is none. */
export function objectIn(document: Document, field: string): Document | undefined {
  const value = ownField(document, field);
  return isObject(value) ? value : undefined;
}

/** The text in a field, trimmed; `''` when there is none. */
export function textIn(document: Document, field: string): string {
  const value = ownField(document, field);
  return typeof value === 'string' ? trimSpace(value) : '';
}

/** The named texts, trimmed, without the blank ones. */
function textsIn<Name extends string>(document: Document, names: readonly Name[]): { [N in Name]?: string } {
  const texts: { [N in Name]?: string } = {};
  for (const name of names) {
    const text = textIn(document, name);
    if (text !== '') texts[name] = text;
  }
  return texts;
}

/** The named fields as they are, without the missing ones: numbers, words, true and false. */
function keptOf<Type>() {
  return <Name extends keyof Type & string>(document: Document, names: readonly Name[]): Pick<Partial<Type>, Name> => {
    const kept: Partial<Type> = {};
    for (const name of names) {
      const value = ownField(document, name);
      if (value !== undefined) kept[name] = value as NonNullable<Type[Name]>;
    }
    return kept;
  };
}

/** `{ field: value }`, or nothing when there is no such object. */
function part<Name extends string, Value>(
  document: Document,
  name: Name,
  read: (inner: Document) => Value,
): { [N in Name]?: Value } {
  const inner = objectIn(document, name);
  return inner === undefined ? {} : ({ [name]: read(inner) } as { [N in Name]?: Value });
}

export function retryIn(document: Document): RetryConfig {
  const retry = objectIn(document, 'retry') ?? {};
  return {
    strategy: textIn(retry, 'strategy') as RetryConfig['strategy'],
    max_retries: (ownField(retry, 'max_retries') as number | undefined) ?? 0,
    base_delay: textIn(retry, 'base_delay'),
    ...textsIn(retry, ['max_delay']),
  };
}

export function fireLimitIn(document: Document): FireLimitConfig {
  const limit = objectIn(document, 'fire_limit') ?? {};
  return { max: ownField(limit, 'max') as number, window: textIn(limit, 'window') };
}

function budgetOf(budget: Document): BudgetConfig {
  return {
    ...keptOf<BudgetConfig>()(budget, ['run_tokens', 'run_cost_usd', 'tokens', 'cost_usd']),
    ...textsIn(budget, ['window']),
  };
}

function sessionOf(session: Document): SessionConfig {
  return {
    ...keptOf<SessionConfig>()(session, ['mode', 'max_turns', 'max_tokens']),
    ...textsIn(session, ['max_age']),
  };
}

function successOf(success: Document): SuccessConfig {
  const codes = ownField(success, 'exit_codes');
  const pattern = ownField(success, 'pattern');
  return {
    ...(Array.isArray(codes) ? { exit_codes: [...new Set(codes as number[])] } : {}),
    ...keptOf<SuccessConfig>()(success, ['output']),
    // Space is a part of a pattern.
    ...(typeof pattern === 'string' && pattern !== '' ? { pattern } : {}),
    ...textsIn(success, ['file']),
  };
}

function tagsIn(document: Document): { tags?: string[] } {
  const tags = ownField(document, 'tags');
  if (!Array.isArray(tags) || tags.length === 0) return {};
  return { tags: [...new Set((tags as string[]).map(trimSpace))] };
}

/** Sorted, so that two spellings of one wish are one definition. */
function nodeLabelsIn(document: Document): { node_labels?: string[] } {
  const labels = ownField(document, 'node_labels');
  if (!Array.isArray(labels) || labels.length === 0) return {};
  return { node_labels: [...new Set(labels as string[])].toSorted() };
}

/** Everything optional that jobs and triggers share. */
export function sharedOptionsIn(
  document: Document,
): Partial<Omit<AutomationFields, 'id' | 'scope' | 'name' | 'source' | 'created_at' | 'updated_at'>> {
  return {
    ...textsIn(document, ['workspace_id', 'timeout', 'queue_timeout', 'description']),
    ...keptOf<AutomationFields>()(document, ['overlap', 'priority', 'pause_after_failures']),
    ...part(document, 'budget', budgetOf),
    ...part(document, 'session', sessionOf),
    ...part(document, 'success', successOf),
    ...nodeLabelsIn(document),
    ...tagsIn(document),
  };
}

export function scheduleOf(schedule: Document): ScheduleSpec {
  return {
    mode: textIn(schedule, 'mode') as ScheduleSpec['mode'],
    ...textsIn(schedule, ['expr', 'interval', 'time', 'timezone', 'jitter', 'catch_up_window', 'start_at', 'end_at']),
    ...keptOf<ScheduleSpec>()(schedule, ['catch_up_policy', 'misfire_grace_seconds', 'catch_up_max']),
    ...part(schedule, 'dst', (dst) => keptOf<DstRule>()(dst, ['gap', 'overlap'])),
  };
}

function ownerOf(owner: Document): Ownership {
  return { kind: ownerKindOf(textIn(owner, 'kind')) as OwnerKind, ref: textIn(owner, 'ref') };
}

export function taskOf(task: Document): JobTaskConfig {
  return { ...textsIn(task, ['title', 'description', 'network_channel']), ...part(task, 'owner', ownerOf) };
}

function filterOf(filter: Document): Record<string, string> {
  const entries = Object.entries(filter as Record<string, string>);
  return Object.fromEntries(entries.map(([path, wanted]) => [canonicalFilterPath(path), wanted]));
}

function coalesceOf(coalesce: Document): CoalesceConfig {
  const { key, ...rest } = textsIn(coalesce, ['key', 'max_wait']);
  return {
    ...(key === undefined ? {} : { key: canonicalFilterPath(key) }),
    window: textIn(coalesce, 'window'),
    ...rest,
  };
}

function schemeIn(document: Document): Pick<Trigger, 'webhook_scheme'> {
  const scheme = ownField(document, 'webhook_scheme');
  if (typeof scheme === 'string') return { webhook_scheme: scheme as 'standard' };
  if (!isObject(scheme)) return {};
  const headers = textsIn(scheme, ['timestamp_header', 'signature_header', 'delivery_header']);
  return { webhook_scheme: { scheme: 'timestamped', ...headers } satisfies TimestampedSchemeConfig };
}

function secretRefsIn(document: Document): Pick<Trigger, 'webhook_secret_ref' | 'webhook_previous_secret_ref'> {
  const refs = textsIn(document, ['webhook_secret_ref', 'webhook_previous_secret_ref']);
  return Object.fromEntries(Object.entries(refs).map(([name, ref]) => [name, canonicalSecretRef(ref)]));
}

/** Everything optional that only triggers have. */
export function triggerOptionsIn(document: Document): Partial<Trigger> {
  return {
    ...part(document, 'filter', filterOf),
    ...textsIn(document, ['when', 'webhook_id', 'endpoint_slug']),
    ...secretRefsIn(document),
    ...schemeIn(document),
    ...part(document, 'coalesce', coalesceOf),
    ...keptOf<Trigger>()(document, ['allow_own_events']),
  };
}
