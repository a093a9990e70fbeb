/** A call that ended, as the vocabulary of what happens tells it. */
import type { HappeningOf } from '../events/happening.ts';
import type { HookCall } from '../model/hook.ts';
import type { EpochMs } from '../model/instant.ts';

export function hookCalled(
  call: Pick<HookCall, 'id' | 'hook' | 'event' | 'state' | 'duration_ms' | 'detail' | 'run_id'>,
  at: EpochMs,
): HappeningOf<'hook.called'> {
  const { id, hook, event, state, duration_ms = 0, detail = '', run_id } = call;
  const run = run_id === undefined ? {} : { run_id };
  return { type: 'hook.called', at, call_id: id, hook, event, state, duration_ms, detail, ...run };
}
