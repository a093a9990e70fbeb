/** What a machine believes the time of day to be: it drifts against physical time, and it is set, either way. */
import type { EpochMs } from '../../src/model/instant.ts';
import type { VirtualTime } from '../../src/clock/virtual-time.ts';

export class WallClock {
  readonly #time: VirtualTime;
  #baseWall: EpochMs;
  #baseTime: number;
  #rate = 1;

  constructor(time: VirtualTime, startAt: EpochMs) {
    this.#time = time;
    this.#baseWall = startAt;
    this.#baseTime = time.now;
  }

  now(): EpochMs {
    return Math.floor(this.#baseWall + (this.#time.now - this.#baseTime) * this.#rate);
  }

  /** Somebody sets the clock, or the machine slept (then timers stood still and this jumped ahead). */
  jump(byMs: number): void {
    this.#rebase(byMs);
  }

  /** From now on a second lasts `rate` seconds on this clock. */
  drift(rate: number): void {
    this.#rebase(0);
    this.#rate = rate;
  }

  #rebase(byMs: number): void {
    this.#baseWall = this.now() + byMs;
    this.#baseTime = this.#time.now;
  }
}
