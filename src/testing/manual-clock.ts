/** Time that a test moves. Timers fire in order, each at its own instant. */
import type { Clock } from '../clock/clock.ts';

export class ManualClock implements Clock {
  /** Of physical time, which only passes; `#setByMs` is what somebody did to the clock. */
  #nowMs: number;
  #setByMs = 0;
  readonly #startMs: number;
  readonly #timers = new Set<{ dueMs: number; callback: () => void }>();

  constructor(startMs: number) {
    this.#nowMs = startMs;
    this.#startMs = startMs;
  }

  now(): number {
    return this.#nowMs + this.#setByMs;
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Somebody sets the clock, either way: no time passes. */
  set(byMs: number): void {
    this.#setByMs += byMs;
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const next = [...this.#timers].filter(({ dueMs }) => dueMs <= endMs).toSorted((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
    }
    this.#nowMs = endMs;
  }
}
