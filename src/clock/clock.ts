/**
 * The only door to the operating system's time. Everything that needs the time is handed a `Clock` or, better,
 * an instant `now`; the simulator and the tests hand out their own.
 */
import type { EpochMs } from '../model/instant.ts';

export interface Clock {
  /** Wall-clock time. May jump either way: whoever compares two readings must survive that. */
  now(): EpochMs;
  /** Milliseconds that only ever grow, for measuring durations within this process. */
  monotonicMs(): number;
  /**
   * Calls back once after `delayMs` of process time (a sleeping laptop's time does not count, so nothing may rely on
   * one long timer). The returned function cancels it.
   */
  after(delayMs: number, callback: () => void): () => void;
}

/** `setTimeout` overflows above this, some 24 days, and fires at once; what is longer is waited for in stages. */
const DELAY_MS_MAX = 2_147_483_647;

export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
    after(delayMs, callback) {
      let leftMs = Math.max(0, delayMs);
      const stage = (): NodeJS.Timeout => {
        const stageMs = Math.min(leftMs, DELAY_MS_MAX);
        leftMs -= stageMs;
        return setTimeout(() => {
          if (leftMs > 0) timer = stage();
          else callback();
        }, stageMs);
      };
      let timer = stage();
      return () => clearTimeout(timer);
    },
  };
}

/** Resolves after `delayMs` by the clock, or at once when `signal` aborts. */
export function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(delayMs, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
