/** The time as components see it: one timer for the whole page, so that all ages on screen change together. */
import { useSyncExternalStore } from 'react';
import { every, now } from './browser-clock.ts';

const listeners = new Set<() => void>();
let seen = now();
let stop: (() => void) | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  stop ??= every(1_000, () => {
    seen = now();
    for (const each of listeners) each();
  });
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stop?.();
    stop = undefined;
  };
}

/** The present in steps of `stepMs` milliseconds: whoever shows minutes is not drawn again every second. */
export function useNow(stepMs = 1_000): number {
  return useSyncExternalStore(subscribe, () => Math.floor(seen / stepMs) * stepMs);
}
