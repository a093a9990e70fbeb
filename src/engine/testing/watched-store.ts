/**
 * Stands between the engine and a real store: counts the steps, lets chosen ones fail before or after they took effect,
 * and can die, after which no step of it ever answers, as if the process had been killed.
 */
import { AppError } from '../../errors/app-error.ts';
import type { Store } from '../../store/store.ts';

type StepName = Extract<keyof Store, string>;

interface Fault {
  error: Error;
  /** `after`: the step took effect, and only its answer is lost. */
  when: 'before' | 'after';
  times: number;
}

export class WatchedStore {
  readonly store: Store;
  /** Steps by name since the last `forgetCalls`. */
  readonly calls = new Map<string, number>();
  readonly #faults = new Map<string, Fault>();
  #isDead = false;

  constructor(store: Store) {
    this.store = new Proxy(store, {
      get: (target, name, receiver) => {
        const member: unknown = Reflect.get(target, name, receiver);
        if (typeof member !== 'function' || typeof name !== 'string') return member;
        return (params: unknown) => this.#step(name, () => Reflect.apply(member, target, [params]) as Promise<unknown>);
      },
    });
  }

  get callCount(): number {
    return [...this.calls.values()].reduce((sum, count) => sum + count, 0);
  }

  forgetCalls(): void {
    this.calls.clear();
  }

  /** The next `times` steps of this name fail; once unless it says otherwise. */
  fail(name: StepName, parts: Partial<Fault> = {}): void {
    this.#faults.set(name, { error: diskFull(), when: 'before', times: 1, ...parts });
  }

  mend(): void {
    this.#faults.clear();
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  die(): void {
    this.#isDead = true;
  }

  async #step(name: string, take: () => Promise<unknown>): Promise<unknown> {
    if (this.#isDead) return new Promise(() => {});
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    const fault = this.#faults.get(name);
    if (fault === undefined || fault.times <= 0) return take();
    fault.times -= 1;
    if (fault.when === 'after') await take();
    throw fault.error;
  }
}

export function diskFull(): AppError {
  return new AppError('disk_full', { path: 'rouse.db' });
}
