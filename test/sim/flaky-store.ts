/**
 * Stands between one life of a daemon and the store: fails, dawdles and dies as drawn, before a step took effect or
 * after it, and shows every step that really happened to the observer. New steps of the port pass through here without
 * being named.
 */
import type { Store } from '../../src/store/store.ts';
import type { Life } from './life.ts';
import type { StoreFaults } from './store-faults.ts';

/** A step as it was called and, once it happened, what it answered. */
export interface StoreStep {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface StepObserver {
  /** Called in the same turn in which the step took effect. */
  afterEffect(step: StoreStep): void;
  afterAnswer(step: StoreStep, answer: unknown): void;
  onRefusal(step: StoreStep, error: unknown): void;
}

/** So many steps without time passing are a loop that never rests. */
const STEPS_AT_ONCE_MAX = 20_000;

export function flakyStore(p: {
  store: Store;
  life: Life;
  faults: StoreFaults;
  observer: StepObserver;
  now: () => number;
  onBusyLoop: (step: StoreStep) => void;
}): Store {
  const { life } = p;
  const busy = { at: -1, steps: 0 };

  async function step(name: string, call: (params: unknown) => Promise<unknown>, params: unknown): Promise<unknown> {
    if (life.isDead) return life.never();
    const taken: StoreStep = { name, params: (params ?? {}) as Record<string, unknown> };
    if (busy.at !== p.now()) Object.assign(busy, { at: p.now(), steps: 0 });
    busy.steps += 1;
    if (busy.steps > STEPS_AT_ONCE_MAX) {
      p.onBusyLoop(taken);
      return life.never();
    }
    const fate = p.faults.draw();
    if (fate.delayBeforeMs > 0) await life.sleep(fate.delayBeforeMs);
    if (fate.death === 'before') life.die();
    if (life.isDead) return life.never();
    if (fate.failure?.when === 'before') {
      p.observer.onRefusal(taken, fate.failure.error);
      throw fate.failure.error;
    }
    const answer = await take(taken, call, params);
    if (fate.death === 'after') life.die();
    if (life.isDead) return life.never();
    if (fate.delayAfterMs > 0) await life.sleep(fate.delayAfterMs);
    if (fate.failure?.when === 'after') {
      p.observer.onRefusal(taken, fate.failure.error);
      throw fate.failure.error;
    }
    return answer;
  }

  async function take(
    taken: StoreStep,
    call: (params: unknown) => Promise<unknown>,
    params: unknown,
  ): Promise<unknown> {
    const answering = call(params);
    // The adapter works synchronously: the step has happened by now, and nothing else has.
    p.observer.afterEffect(taken);
    try {
      const answer = await answering;
      p.observer.afterAnswer(taken, answer);
      return answer;
    } catch (error) {
      p.observer.onRefusal(taken, error);
      throw error;
    }
  }

  return new Proxy(p.store, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      const call = (params: unknown): Promise<unknown> => Promise.resolve(Reflect.apply(member, target, [params]));
      return (params: unknown) => step(name, call, params);
    },
  });
}
