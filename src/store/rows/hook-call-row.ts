/** A call of a hook as a row: what its columns mean. */
import type { HookCall, HookCallState, HookEvent } from '../../model/hook.ts';
import type { EpochMs } from '../../model/instant.ts';

export interface HookCallRow {
  seq: number;
  id: string;
  hook: string;
  event: HookEvent;
  state: HookCallState;
  created_at: EpochMs;
  attempts: number;
  next_at: EpochMs | null;
  ended_at: EpochMs | null;
  duration_ms: number | null;
  detail: string | null;
  run_id: string | null;
  automation_id: string | null;
  event_id: string | null;
}

export function hookCallOf(row: HookCallRow): HookCall {
  const { id, hook, event, state, created_at, attempts } = row;
  const { next_at, ended_at, duration_ms, detail, run_id, automation_id, event_id } = row;
  const optional = { next_at, ended_at, duration_ms, detail, run_id, automation_id, event_id };
  const present = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null));
  return { id, hook, event, state, created_at, attempts, ...present };
}
