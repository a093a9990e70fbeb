/** An activation: an envelope that was taken in, with what made it and what became of it. */
import type { ActivationEnvelope } from './activation-envelope.ts';
import type { EpochMs } from './instant.ts';

/** The run that brought an activation about, and whose run it was. */
export interface ActivationCause {
  run_id: string;
  automation_id: string;
}

/** Several activations of one key that became one fire. */
export interface Gathering {
  trigger_id: string;
  /** The text they had in common; empty where the trigger names no key. */
  key: string;
  count: number;
}

export interface Activation extends ActivationEnvelope {
  id: string;
  /** When it happened, as whoever reported it says. */
  occurred_at: EpochMs;
  /** When Rouse took it in. */
  accepted_at: EpochMs;
  depth: number;
  cause?: ActivationCause;
  /** Who sent it: `user:api`, … */
  actor?: string;
  /** Only this trigger was considered; empty: none was, the event is the payload of a run that somebody asked for. */
  addressed_to?: string;
  /** Set when this one stands for several that a trigger gathered. */
  gathered?: Gathering;
  /** Still true while more triggers wait to be considered than one step takes. */
  matching: boolean;
  /** Triggers that the index offered. */
  considered: number;
  /** Those among them that it concerned: a run was created, recorded as refused, or the activation was gathered. */
  matched: number;
}

/**
 * What a trigger made of an activation. The first seven concern it: `fired` (a run was created), `deferred` (a run that
 * waits for the fire limit), `gathered`, and `loop_guard`, `overlap`, `budget`, `fire_limit` (a row says why it does not
 * run; `fire_limit` where it would have to wait too long). The others do not: switched off, `paused` after failures, a filter entry or the condition says no, the condition could
 * not be evaluated, the trigger's own run caused it, or the trigger itself is `unreadable`, `deleted`, or in `error`.
 */
export const MATCH_VERDICTS = [
  'fired',
  'deferred',
  'gathered',
  'loop_guard',
  'overlap',
  'budget',
  'fire_limit',
  'disabled',
  'paused',
  'filter',
  'condition',
  'condition_error',
  'own_event',
  'unreadable',
  'deleted',
  'error',
] as const;
export type MatchVerdict = (typeof MATCH_VERDICTS)[number];

const CONCERNED: ReadonlySet<MatchVerdict> = new Set([
  'fired',
  'deferred',
  'gathered',
  'loop_guard',
  'overlap',
  'budget',
  'fire_limit',
]);

/** Whether the trigger was concerned, so that a row, or a gathering, stands for it. */
export function isMatch(verdict: MatchVerdict): boolean {
  return CONCERNED.has(verdict);
}

/** One considered trigger, as it was judged then. */
export interface TriggerVerdict {
  trigger_id: string;
  trigger_name: string;
  verdict: MatchVerdict;
  /** One sentence for people. */
  detail: string;
  /** The run, executed or recorded as refused. */
  run_id?: string;
  /** The activation that will stand, or stands, for the gathered ones. */
  gathered_into?: string;
}

export interface ActivationQuery {
  kind?: string;
  source?: ActivationEnvelope['source'];
  workspace_id?: string;
  /** Only those that a run of this identifier caused. */
  cause_run_id?: string;
  /** Bounds of `accepted_at`: inclusive and exclusive. */
  since?: EpochMs;
  until?: EpochMs;
  limit?: number;
  cursor?: string;
}
