/** A hook that did what it was asked is itself an event, so that triggers can follow it. */
import type { HookCall } from '../model/hook.ts';
import { occurrenceIdFor } from '../model/identifiers.ts';
import type { EpochMs } from '../model/instant.ts';
import type { NewActivation } from '../store/activation-store.ts';

export interface CompletedHook {
  call: HookCall;
  /** Of the event: how many runs lie between it and the world outside. */
  depth: number;
  workspace_id?: string;
}

export function hookEvent(p: CompletedHook & { now: EpochMs }): NewActivation {
  const { call, depth, workspace_id, now } = p;
  const { run_id, automation_id } = call;
  // Letters that an event's name cannot hold; the hook's own name is in the data.
  const kind = `hook.${call.hook.replaceAll(/[^A-Za-z0-9_-]+/gu, '-')}.completed`;
  return {
    id: occurrenceIdFor({ kind, subject_id: call.id }),
    kind,
    ...(workspace_id === undefined ? { scope: 'global' } : { scope: 'workspace', workspace_id }),
    source: 'hook',
    occurred_at: now,
    depth,
    ...(run_id === undefined ? {} : { cause: { run_id, automation_id: automation_id ?? '' } }),
    data: {
      hook: call.hook,
      hook_event: call.event,
      call_id: call.id,
      ...(run_id === undefined ? {} : { run_id }),
      ...(automation_id === undefined ? {} : { automation_id }),
    },
  };
}
