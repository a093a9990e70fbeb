/**
 * One life of a daemon process, from start to death. Everything the engine is handed goes through here, so that a
 * death at any moment leaves nothing behind but rows and processes: timers never fire, promises never settle, and what
 * the dead engine's own code still does reaches nobody.
 */
import type { Clock } from '../../src/clock/clock.ts';
import type { VirtualTime } from '../../src/clock/virtual-time.ts';
import type { WallClock } from './wall-clock.ts';

export class Life {
  readonly node: string;
  readonly clock: Clock;
  readonly #time: VirtualTime;
  #dead = false;
  #stalledUntil = 0;
  readonly #onDeath: (() => void)[] = [];

  constructor(p: { node: string; time: VirtualTime; wall: WallClock }) {
    this.node = p.node;
    this.#time = p.time;
    this.clock = {
      now: () => p.wall.now(),
      monotonicMs: () => p.time.now,
      // Real timers have whole milliseconds and are never early.
      after: (delayMs, callback) => this.after(Math.max(1, Math.ceil(delayMs)), callback),
    };
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /** `kill -9`, power cut, out of memory. */
  die(): void {
    if (this.#dead) return;
    this.#dead = true;
    for (const callback of this.#onDeath) callback();
  }

  onDeath(callback: () => void): void {
    this.#onDeath.push(callback);
  }

  /** How long it will still get no time; 0 when it works. */
  get stalledMs(): number {
    return Math.max(0, this.#stalledUntil - this.#time.now);
  }

  /** The process gets no time for so long (swapping, SIGSTOP): nothing of it happens until then. */
  stall(ms: number): void {
    this.#stalledUntil = Math.max(this.#stalledUntil, this.#time.now + ms);
  }

  after(delayMs: number, callback: () => void): () => void {
    let cancel = this.#time.after(delayMs, () => {
      if (this.#dead) return;
      if (this.#time.now >= this.#stalledUntil) return callback();
      cancel = this.after(this.#stalledUntil - this.#time.now, callback);
    });
    return () => cancel();
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** What somebody who died waits for. */
  never<T>(): Promise<T> {
    return new Promise<T>(() => {});
  }
}
