/**
 * The names of events: what Rouse tells itself, and what others may tell it. A trigger for a name that nothing can
 * produce would wait for ever, so it is refused with the name that was probably meant.
 */
import { suggest } from '../lib/suggest.ts';
import type { ActivationSource } from './activation-envelope.ts';
import { WEBHOOK_EVENT } from './trigger.ts';

/** What Rouse itself produces, and when. */
export const OWN_EVENTS = {
  'session.created': 'an agent really started and its session began',
  'session.stopped': 'a session ended; data has stop_reason and stop_detail',
  'run.completed': 'a run succeeded',
  'run.failed': 'an attempt failed; data.will_retry says whether another one follows',
  'run.canceled': 'a run was ended or recorded without running; data.reason says why',
  'job.paused': 'a job was switched off after failures in a row',
  'trigger.paused': 'a trigger was switched off after failures in a row',
  'task.completed': 'a task that a job handed over was completed',
  'memory.consolidated': 'an agent or a hook reported that memory was consolidated',
  'file.changed': 'files of a watched workspace changed; data.paths lists them',
} as const satisfies Record<string, string>;

/** Those among them that somebody outside may report. */
const REPORTED: ReadonlySet<string> = new Set(['memory.consolidated']);

const NAME_LENGTH_MAX = 200;
const EXTENSION = /^ext(?:\.[A-Za-z0-9_-]+)+$/;
const HOOK = /^hook\.[A-Za-z0-9_-]+\.completed$/;

/** What a person may write where an event is meant to be one that can happen, in one line. */
export const EVENT_NAMES_TEXT = `${Object.keys(OWN_EVENTS).join(', ')}, ${WEBHOOK_EVENT}, hook.<name>.completed or ext.<name>`;

function isKnown(event: string): boolean {
  if (event.length > NAME_LENGTH_MAX) return false;
  return Object.hasOwn(OWN_EVENTS, event) || event === WEBHOOK_EVENT || EXTENSION.test(event) || HOOK.test(event);
}

/** Why nothing can produce this event, as a sentence with what was probably meant; undefined when something can. */
export function checkEventKind(event: string): string | undefined {
  if (event.length > NAME_LENGTH_MAX) return `The name of an event has at most ${NAME_LENGTH_MAX} characters.`;
  if (isKnown(event)) return undefined;
  const meant = meantKind(event);
  const advice = meant === undefined ? `There are ${EVENT_NAMES_TEXT}.` : `Did you mean "${meant}"?`;
  return `Nothing can produce this event. ${advice}`;
}

function meantKind(event: string): string | undefined {
  const near = suggest(event, [...Object.keys(OWN_EVENTS), WEBHOOK_EVENT]);
  if (near !== undefined) return near;
  const hook = /^hooks?\.([A-Za-z0-9_-]+)(?:\..*)?$/.exec(event);
  if (hook !== null) return `hook.${hook[1]}.completed`;
  const plain = event
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^(?:ext(?:ension)?\b)?[.-]*/, '')
    .replace(/[.-]+$/, '');
  return plain === '' || plain.includes('..') ? undefined : `ext.${plain}`;
}

/** The source of an event that somebody outside reports, or why nobody may report it. */
export function reportedSource(kind: string): { source: ActivationSource } | { refused: string } {
  if (isKnown(kind) && kind.startsWith('ext.')) return { source: 'extension' };
  if (REPORTED.has(kind)) return { source: 'observer' };
  if (isKnown(kind)) return { refused: 'Only Rouse itself tells this; what others tell is called ext.<name>.' };
  return { refused: checkEventKind(kind) ?? 'What others tell is called ext.<name>.' };
}
