/**
 * Gives the rest of the process its turns while a calculation goes on. Every step of the calculation passes here; after
 * a few of them the next ones wait until the event loop has come round, so that a request or a due fire of the real
 * daemon never waits longer than those few take. Turns are counted in steps and not in milliseconds, so that the order
 * of steps, and with it the result, is the same on every machine.
 */
import { microtasksDrained } from '../../clock/virtual-time.ts';

/** A step of the in-memory store takes some 50 to 150 microseconds, so a turn is one to two milliseconds. */
const STEPS_PER_TURN = 12;

export class Turns {
  #left = STEPS_PER_TURN;
  #waiting: (() => void)[] = [];
  #isPumping = false;
  #halted = false;
  readonly #onTurn: () => void;

  /** `onTurn` is called with every turn; it may call {@link halt}. */
  constructor(p: { onTurn?: () => void } = {}) {
    this.#onTurn = p.onTurn ?? (() => {});
  }

  get isHalted(): boolean {
    return this.#halted;
  }

  /** Resolves when `weight` steps' worth of work may be done, first come first served; never, once halted. */
  pass(weight = 1): Promise<void> {
    if (!this.#halted && this.#left > 0 && this.#waiting.length === 0) {
      this.#left -= weight;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      if (this.#halted) return;
      this.#waiting.push(() => {
        this.#left -= weight;
        resolve();
      });
      this.#pump();
    });
  }

  /** Ends the calculation where it stands: what waits, and all that will come, waits for ever. */
  halt(): void {
    this.#halted = true;
    this.#waiting = [];
  }

  /** Resolves when everything that could go on without somebody else's doing has gone on. */
  async settled(): Promise<void> {
    do await microtasksDrained();
    while (this.#waiting.length > 0);
  }

  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    setImmediate(() => {
      this.#isPumping = false;
      this.#left = STEPS_PER_TURN;
      this.#onTurn();
      let released = 0;
      while (this.#left > 0 && released < this.#waiting.length) this.#waiting[released++]!();
      this.#waiting.splice(0, released);
      if (this.#waiting.length > 0) this.#pump();
    });
  }
}
