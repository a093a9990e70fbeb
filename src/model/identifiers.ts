/**
 * Identifiers: a prefix that says what it is, then 26 characters of base 32.
 *
 * What must happen once has an identifier derived from what makes it one thing, so that doing it again makes the same
 * identifier and the database refuses the second. What a file defines is identified by (scope, workspace, name), so that
 * the file is the identity. Everything else gets a random identifier that sorts by time.
 *
 * Derived ones are 130 bits of SHA-256 over a JSON list that begins with a name of the kind: lists keep their parts
 * apart ("a", "bc" is not "ab", "c"), and no two kinds share a preimage. How they are made is permanent: stored rows and
 * other nodes rely on it.
 */
import { invariant } from '../errors/invariant.ts';
import { sha256Words } from '../lib/hash.ts';
import { WEBHOOK_ID_PREFIX } from './trigger.ts';
import type { EpochMs } from './instant.ts';
import type { Scope } from './scope.ts';

export const ID_PREFIXES = {
  job: 'job_',
  trigger: 'trg_',
  fire: 'fire_',
  run: 'run_',
  session: 'ses_',
  workspace: 'ws_',
  event: 'evt_',
  webhook: WEBHOOK_ID_PREFIX,
  delivery: 'dlv_',
  hookCall: 'hkc_',
  task: 'task_',
  taskRun: 'trun_',
  credential: 'crd_',
  change: 'chg_',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

/** Crockford's base 32, lower case: no letter that is easily mistaken, and text order is number order. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const idLength = 26;

/** What identifies a definition in a file or package. Blank and absent workspace are the same. */
export interface DefinitionIdentity {
  readonly scope: Scope;
  readonly workspace_id?: string | undefined;
  readonly name: string;
}

function derivedId(p: { prefix: string; kind: string; parts: readonly (string | number)[] }): string {
  return p.prefix + base32OfWords(sha256Words(JSON.stringify([`rouse:${p.kind}`, ...p.parts])));
}

/** The first 130 bits of words of 32 bits, five at a time. */
function base32OfWords(words: Int32Array): string {
  let text = '';
  for (let index = 0; index < idLength; index += 1) {
    const bit = index * 5;
    const word = bit >> 5;
    const end = (bit & 31) + 5;
    const digit =
      end <= 32 ? words[word]! >>> (32 - end) : (words[word]! << (end - 32)) | (words[word + 1]! >>> (64 - end));
    text += alphabet[digit & 31];
  }
  return text;
}

export function jobIdFor(identity: DefinitionIdentity): string {
  return derivedId({ prefix: ID_PREFIXES.job, kind: 'job', parts: identityParts(identity) });
}

export function triggerIdFor(identity: DefinitionIdentity): string {
  return derivedId({ prefix: ID_PREFIXES.trigger, kind: 'trigger', parts: identityParts(identity) });
}

function identityParts({ scope, workspace_id, name }: DefinitionIdentity): string[] {
  return [scope, workspace_id ?? '', name];
}

/** The fire of a scheduled instant: one per (job, instant), however often it is planned. */
export function fireIdFor(p: { job_id: string; scheduled_at: EpochMs }): string {
  return derivedId({ prefix: ID_PREFIXES.fire, kind: 'scheduled-fire', parts: [p.job_id, p.scheduled_at] });
}

/**
 * The fire of a range that did not run: of the decision about it, not of its first instant. A clock that was wrong may
 * have that instant decided before; the range must have its row all the same.
 */
export function missedRangeFireIdFor(p: {
  job_id: string;
  first: EpochMs;
  last: EpochMs;
  decided_at: EpochMs;
}): string {
  const parts = [p.job_id, p.first, p.last, p.decided_at];
  return derivedId({ prefix: ID_PREFIXES.fire, kind: 'missed-range-fire', parts });
}

/** The fire of an instant that somebody asked for afterwards: apart from the scheduled one, and once, however often. */
export function backfillFireIdFor(p: { job_id: string; scheduled_at: EpochMs }): string {
  return derivedId({ prefix: ID_PREFIXES.fire, kind: 'backfill-fire', parts: [p.job_id, p.scheduled_at] });
}

/** The run of one attempt of a fire; attempts count from 1. */
export function runIdFor(p: { fire_id: string; attempt: number }): string {
  return derivedId({ prefix: ID_PREFIXES.run, kind: 'run', parts: [p.fire_id, p.attempt] });
}

/** The fire of a webhook delivery: one per (trigger, delivery), however often the sender repeats it. */
export function webhookFireIdFor(p: { trigger_id: string; delivery_id: string }): string {
  return derivedId({ prefix: ID_PREFIXES.fire, kind: 'webhook-fire', parts: [p.trigger_id, p.delivery_id] });
}

/** The fire of an event: one per (trigger, event), however often the event is matched. */
export function eventFireIdFor(p: { trigger_id: string; event_id: string }): string {
  return derivedId({ prefix: ID_PREFIXES.fire, kind: 'event-fire', parts: [p.trigger_id, p.event_id] });
}

/** An event that its sender named: the same name of the same kind once more is the same event. */
export function reportedEventIdFor(p: { kind: string; id: string }): string {
  return derivedId({ prefix: ID_PREFIXES.event, kind: 'reported-event', parts: [p.kind, p.id] });
}

/** The event that stands for the gathered ones: one per (trigger, first of them). */
export function gatheringIdFor(p: { trigger_id: string; first_event_id: string }): string {
  return derivedId({ prefix: ID_PREFIXES.event, kind: 'gathering', parts: [p.trigger_id, p.first_event_id] });
}

/** The call of a hook about an event: one per (hook, event, what it is called), however often it is planned. */
export function hookCallIdFor(p: { hook: string; event: string; event_id: string }): string {
  return derivedId({ prefix: ID_PREFIXES.hookCall, kind: 'hook-call', parts: [p.hook, p.event, p.event_id] });
}

/** The event about something that happens once: a run's end, a session's start, an automation's pause at an instant. */
export function occurrenceIdFor(p: { kind: string; subject_id: string; at?: EpochMs }): string {
  const parts = [p.kind, p.subject_id, ...(p.at === undefined ? [] : [p.at])];
  return derivedId({ prefix: ID_PREFIXES.event, kind: 'occurrence', parts });
}

/** The task that a run hands over: one per run, however often the handing over is repeated. */
export function taskIdFor(p: { run_id: string }): string {
  return derivedId({ prefix: ID_PREFIXES.task, kind: 'run-task', parts: [p.run_id] });
}

/** The task run under which it is enqueued. */
export function taskRunIdFor(p: { task_id: string }): string {
  return derivedId({ prefix: ID_PREFIXES.taskRun, kind: 'task-run', parts: [p.task_id] });
}

/** A workspace is its folder; `path` is absolute and resolved. */
export function workspaceIdFor(p: { path: string }): string {
  return derivedId({ prefix: ID_PREFIXES.workspace, kind: 'workspace', parts: [p.path] });
}

/** The webhook id of a trigger that names none. Not a secret: what arrives there is signed. */
export function webhookIdFor(p: { trigger_id: string }): string {
  return derivedId({ prefix: ID_PREFIXES.webhook, kind: 'webhook', parts: [p.trigger_id] });
}

/** The last instant whose milliseconds fit the 48 bits of a sortable identifier: year 10889. */
const sortableMsMax = 2 ** 48 - 1;
const timeLength = 10;
/** So many random bytes a sortable identifier takes: 80 bits. */
const SORTABLE_ID_RANDOM_BYTES = 10;

/**
 * A new identifier that sorts after all those of earlier milliseconds; within one millisecond the order is random.
 * `random` is at least 10 unpredictable bytes.
 */
export function sortableId(kind: IdKind, p: { now: EpochMs; random: Uint8Array }): string {
  const { now, random } = p;
  invariant(Number.isInteger(now) && now >= 0 && now <= sortableMsMax, `no identifier can hold the instant ${now}`);
  invariant(random.length >= SORTABLE_ID_RANDOM_BYTES, `${random.length} random bytes are too few for an identifier`);
  return ID_PREFIXES[kind] + base32OfTime(now) + base32OfBytes(random);
}

/** 50 bits; the milliseconds exceed 32, so they are divided, not shifted. */
function base32OfTime(now: EpochMs): string {
  let rest = now;
  let text = '';
  for (let index = 0; index < timeLength; index += 1) {
    text = `${alphabet[rest % 32]}${text}`;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** The first ten bytes, 80 bits, as sixteen characters: five bytes are eight of them. */
function base32OfBytes(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < idLength - timeLength; index += 1) {
    const bit = index * 5;
    const at = bit >> 3;
    const window = ((bytes[at] as number) << 8) | (at + 1 < SORTABLE_ID_RANDOM_BYTES ? (bytes[at + 1] as number) : 0);
    text += alphabet[(window >> (11 - (bit & 7))) & 31];
  }
  return text;
}
