/** What hooks run at, and one call of a hook: what it was told, how often it was tried, how it ended. */
import type { EpochMs } from './instant.ts';

/** In the order in which they happen. */
export const HOOK_EVENTS = [
  'automation.job.pre_fire',
  'automation.trigger.pre_fire',
  'automation.job.post_fire',
  'automation.trigger.post_fire',
  'automation.run.completed',
  'automation.run.failed',
  'automation.run.canceled',
  'automation.fire.missed',
  'automation.paused',
] as const;
export type HookEvent = (typeof HOOK_EVENTS)[number];

/** Those that a run waits for. */
export function isGate(event: HookEvent): boolean {
  return event.endsWith('.pre_fire');
}

/** `waiting`: for its first try or another one. */
export const HOOK_CALL_STATES = ['waiting', 'completed', 'failed'] as const;
export type HookCallState = (typeof HOOK_CALL_STATES)[number];

export interface HookCall {
  id: string;
  hook: string;
  event: HookEvent;
  state: HookCallState;
  created_at: EpochMs;
  /** Tries that have ended. */
  attempts: number;
  /** When the next try may begin; only while it waits. */
  next_at?: EpochMs;
  ended_at?: EpochMs;
  duration_ms?: number;
  /** How the last try ended, in one sentence, with what it printed or answered where that says more. */
  detail?: string;
  run_id?: string;
  automation_id?: string;
  /** The event of Rouse that it tells of; absent for a gate. */
  event_id?: string;
}

export interface HookCallQuery {
  hook?: string;
  state?: HookCallState;
  run_id?: string;
  limit?: number;
  cursor?: string;
}
