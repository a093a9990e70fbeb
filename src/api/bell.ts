/**
 * Wakes one waiting loop. A ring while nobody waits is kept, and many are one: whoever wakes looks at the store for
 * what is new, so a bell needs no memory and cannot overflow.
 */
import type { Clock } from '../clock/clock.ts';

export class Bell {
  readonly #clock: Clock;
  #rung = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves at the first ring since the last wait, after `quietMs` without one, or when `signal` aborts. */
  async wait(p: { quietMs: number; signal: AbortSignal }): Promise<'rung' | 'quiet' | 'aborted'> {
    if (!this.#rung && !p.signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          cancel();
          p.signal.removeEventListener('abort', wake);
          resolve();
        };
        const cancel = this.#clock.after(p.quietMs, wake);
        p.signal.addEventListener('abort', wake, { once: true });
        this.#wake = wake;
      });
      this.#wake = undefined;
    }
    if (p.signal.aborted) return 'aborted';
    const outcome = this.#rung ? 'rung' : 'quiet';
    this.#rung = false;
    return outcome;
  }
}
