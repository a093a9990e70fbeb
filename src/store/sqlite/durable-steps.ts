/**
 * The steps of a store whose connection syncs beside the event loop: each promise resolves when what the step wrote is on
 * the disk. Many steps share a sync, and while the disk works others are decided, requests are read and agents start.
 *
 * What a step committed is seen by others before it is durable. That is safe: whatever they write in consequence comes later
 * in the same log, so a power cut takes both or neither, and nobody outside hears of either before its promise.
 */
import type { Store } from '../store.ts';
import type { Connection } from './connection.ts';

type Step = (p: unknown) => Promise<unknown>;

export function durableSteps(store: Store, connection: Connection): Store {
  const steps = Object.entries(store).map(([name, step]: [string, unknown]) =>
    typeof step === 'function' && name !== 'close' ? [name, durable(step as Step, connection)] : [name, step],
  );
  return Object.fromEntries(steps) as Store;
}

/**
 * Most steps run to their end within the call; a few go on in several turns. So it is asked afterwards whether anything was
 * written meanwhile: that it was somebody else costs a wait that was not needed.
 */
function durable(step: Step, connection: Connection): Step {
  return async (p) => {
    const { writes } = connection;
    const answer = await step(p);
    if (connection.writes !== writes) await connection.synced();
    return answer;
  };
}
