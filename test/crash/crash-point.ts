/**
 * Kills its own process with SIGKILL at a named step of the store port: before the step, within its transaction, or
 * after it took effect. A step counts only when it has something to do, so that the n-th call is the n-th one that
 * matters and not the n-th idle tick.
 */
import type { Store } from '../../src/store/store.ts';

const MOMENTS = ['before', 'within', 'after'] as const;

export interface CrashPoint {
  moment: (typeof MOMENTS)[number];
  step: keyof Store & string;
  /** From 1. */
  nth: number;
}

/** `within finishRun 2` */
export function parseCrashPoint(text: string): CrashPoint {
  const [moment, step = '', nth] = text.split(' ');
  const known = MOMENTS.find((each) => each === moment);
  if (known === undefined || !Object.hasOwn(HAS_EFFECT, step)) throw new Error(`"${text}" is no crash point`);
  return { moment: known, step: step as CrashPoint['step'], nth: Number(nth ?? 1) };
}

/** Whether an answer says that the step changed something. */
const HAS_EFFECT: Readonly<Record<string, (answer: unknown) => boolean>> = {
  planFires: (answer) => (answer as unknown[]).length > 0,
  claimRuns: (answer) => (answer as unknown[]).length > 0,
  startRun: (answer) => (answer as { outcome: string }).outcome === 'started',
  appendTranscript: () => true,
  finishRun: (answer) => (answer as { outcome: string }).outcome === 'finished',
  cancelRun: (answer) => (answer as { outcome: string }).outcome !== 'not_found',
  acceptRuns: (answer) => (answer as { outcome: string }).outcome === 'accepted',
  syncAutomations: () => true,
  delegateRuns: (answer) => (answer as unknown[]).length > 0,
  endTask: (answer) => (answer as { outcome: string }).outcome === 'ended',
};

/** Steps that decide under the automation's lock; `within` means within that decision, in the open transaction. */
const DECISIONS: Readonly<Record<string, string>> = {
  planFires: 'decide',
  acceptRuns: 'decide',
  finishRun: 'decideFollowUp',
  syncAutomations: 'placeCursor',
  delegateRuns: 'describe',
  endTask: 'decideFollowUp',
};

type Step = (p: Record<string, unknown>) => Promise<unknown>;

/** `isArmed` is asked at every step, so that a daemon can come to rest before its end is near. */
export function dyingStore(p: { store: Store; point: CrashPoint; isArmed: () => boolean }): Store {
  const { store, point, isArmed } = p;
  let count = 0;
  const reached = (): void => {
    if (!isArmed()) return;
    count += 1;
    if (count >= point.nth) die();
  };
  const hasWork = async (): Promise<boolean> =>
    !['claimRuns', 'delegateRuns'].includes(point.step) || (await store.readCounts()).scheduled > 0;

  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const step = value.bind(target) as Step;
      if (name !== point.step) return step;
      return async (params: Record<string, unknown>) => {
        if (point.moment === 'before' && (await hasWork())) reached();
        const answer = await step(point.moment === 'within' ? dyingWithin(params, point, reached) : params);
        if (point.moment === 'after' && HAS_EFFECT[point.step]?.(answer) === true) reached();
        return answer;
      };
    },
  });
}

function dyingWithin(params: Record<string, unknown>, point: CrashPoint, reached: () => void): Record<string, unknown> {
  const name = DECISIONS[point.step];
  if (name === undefined) throw new Error(`${point.step} takes no decision to die in`);
  const decide = params[name] as (...p: unknown[]) => unknown;
  return {
    ...params,
    [name]: (...facts: unknown[]) => {
      const decision = decide(...facts);
      reached();
      return decision;
    },
  };
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // Not one more instruction of ours may run while the signal is on its way.
  for (;;);
}
