/** An event as somebody outside writes it: what may be left out, and what it must be. */
import { isBlank, trimSpace } from '../lib/go-text.ts';
import type { ActivationEnvelope, ActivationSource } from './activation-envelope.ts';
import { ACTIVATION_SOURCES } from './activation-envelope.ts';
import { reportedSource } from './event-kind.ts';
import type { EpochMs } from './instant.ts';
import { parseInstant } from './instant.ts';
import type { Problem } from './problem.ts';
import type { Scope } from './scope.ts';
import { type Trigger, WEBHOOK_EVENT } from './trigger.ts';
import type { Fields } from './validation/fields.ts';
import { validateScopeBinding } from './validation/scope-binding.ts';
import { isObject, ownField } from './validation/value-kind.ts';
import { validator } from './validation/validator.ts';

/** The sender's own name of the event: long enough for every system's, and bounded. */
const ID_LENGTH_MAX = 255;

const fieldNames = ['kind', 'scope', 'workspace_id', 'source', 'data', 'id', 'occurred_at', 'cause_run_id'];

export interface WrittenEvent extends Pick<ActivationEnvelope, 'kind' | 'scope' | 'workspace_id' | 'source' | 'data'> {
  /** What the sender calls it; the same once more is the same event. */
  id?: string;
  occurred_at?: EpochMs;
  /** The run that sends it. */
  cause_run_id?: string;
}

export type EventReading = { ok: true; event: WrittenEvent } | { ok: false; problems: Problem[] };

/**
 * Reads an event that somebody tells: `kind` alone is needed. The scope follows from `workspace_id`, the source from
 * the kind. `path` begins the problems' paths.
 */
export function readEvent(written: unknown, path = 'event'): EventReading {
  return read(withScope(written), { path, check: checkTold });
}

/** Reads a sample envelope for a trigger: what is left out is what the trigger waits for. */
export function readSampleEvent(written: unknown, trigger: Trigger, path = 'envelope'): EventReading {
  const given = isObject(written) ? written : {};
  const place =
    ownField(given, 'scope') === undefined && ownField(given, 'workspace_id') === undefined
      ? { scope: trigger.scope, ...(trigger.workspace_id === undefined ? {} : { workspace_id: trigger.workspace_id }) }
      : {};
  const kind = ownField(given, 'kind') ?? trigger.event;
  const source = ownField(given, 'source') ?? naturalSource(typeof kind === 'string' ? kind : '');
  const sample = isObject(written ?? {}) ? withScope({ ...given, ...place, kind, source }) : written;
  return read(sample, { path, check: checkSample });
}

function naturalSource(kind: string): ActivationSource {
  if (kind === WEBHOOK_EVENT) return 'webhook';
  if (kind.startsWith('hook.')) return 'hook';
  return kind.startsWith('ext.') ? 'extension' : 'observer';
}

function withScope(written: unknown): unknown {
  if (!isObject(written) || ownField(written, 'scope') !== undefined) return written;
  const workspace = ownField(written, 'workspace_id');
  const bound = typeof workspace === 'string' && !isBlank(workspace);
  return { ...written, scope: bound ? 'workspace' : 'global' };
}

function read(written: unknown, p: { path: string; check: (fields: Fields) => void }): EventReading {
  const problems = validator(p.check)(written, p.path);
  if (problems.length > 0 || !isObject(written)) return { ok: false, problems };
  const text = (field: string): string => trimSpace((ownField(written, field) as string | undefined) ?? '');
  const workspaceId = text('workspace_id');
  const id = text('id');
  const causeRunId = text('cause_run_id');
  const occurredAt = parseInstant(text('occurred_at'));
  const kind = text('kind');
  const told = reportedSource(kind);
  const source = text('source') === '' ? ('source' in told ? told.source : 'extension') : text('source');
  return {
    ok: true,
    event: {
      kind,
      scope: text('scope') as Scope,
      ...(workspaceId === '' ? {} : { workspace_id: workspaceId }),
      source: source as ActivationSource,
      data: (ownField(written, 'data') as Record<string, unknown> | undefined) ?? {},
      ...(id === '' ? {} : { id }),
      ...(occurredAt.ok ? { occurred_at: occurredAt.epochMs } : {}),
      ...(causeRunId === '' ? {} : { cause_run_id: causeRunId }),
    },
  };
}

function checkTold(fields: Fields): void {
  const kind = fields.required('kind', 'An event needs a kind: the name of what happened, such as "ext.deploy.done".');
  const told = kind === undefined ? undefined : reportedSource(trimSpace(kind));
  if (told !== undefined && 'refused' in told) {
    fields.report('kind', { code: 'unknown_value', message: told.refused, value: kind });
  }
  checkShared(fields);
  const source = fields.text('source');
  if (source === undefined || isBlank(source) || told === undefined || 'refused' in told) return;
  if (trimSpace(source) === told.source) return;
  const message = `The source of this event is ${told.source}; leave the field out.`;
  fields.report('source', { code: 'conflict', message, value: source });
}

function checkSample(fields: Fields): void {
  fields.required('kind', 'An envelope needs a kind: the name of what happened.');
  checkShared(fields);
  fields.oneOf('source', { known: ACTIVATION_SOURCES, noun: 'activation source' });
}

function checkShared(fields: Fields): void {
  fields.take(validateScopeBinding(fields.raw('scope'), fields.raw('workspace_id'), fields.path, 'workspace_id'));
  fields.object('data');
  const id = fields.text('id');
  if (id !== undefined && id.length > ID_LENGTH_MAX) {
    fields.report('id', { code: 'out_of_range', message: `An id has at most ${ID_LENGTH_MAX} characters.` });
  }
  fields.instant('occurred_at');
  fields.text('cause_run_id');
  fields.refuseUnknown(fieldNames);
}
