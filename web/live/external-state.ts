/** One value outside of React that components can watch. */
import { useSyncExternalStore } from 'react';

export class ExternalState<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

export function useExternal<T>(state: ExternalState<T>): T {
  return useSyncExternalStore(state.subscribe, () => state.get());
}
