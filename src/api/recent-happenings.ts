/**
 * The happenings of the last moments, numbered, so that a listener whose connection was cut can go on where it was. They
 * are kept in memory, bounded, for the life of the process: whoever was away for longer, or across a restart, is told
 * of the gap and reads the state anew.
 */
import type { HappeningBus } from '../events/happening.ts';
import { toWire } from './wire.ts';

/** A few minutes of a busy hour; a browser comes back within seconds. */
const KEPT_MAX = 2_000;
const KEPT_CHARACTERS_MAX = 4 * 1024 * 1024;

/** Already as text: made once for all listeners, of a size that is known, and later changes of an object cannot show. */
export interface NumberedHappening {
  /** From 1, without holes, within the life of the process. */
  number: number;
  type: string;
  text: string;
}

export class RecentHappenings {
  /** Tells the numbers of this process from those of another one. */
  readonly #epoch: string;
  #kept: NumberedHappening[] = [];
  #characters = 0;
  #last = 0;
  readonly #listeners = new Set<(happening: NumberedHappening) => void>();

  constructor(p: { bus: HappeningBus; epoch: string }) {
    this.#epoch = p.epoch;
    p.bus.subscribe((happening) => {
      const text = JSON.stringify(toWire(happening));
      this.#keep({ number: (this.#last += 1), type: happening.type, text });
    });
  }

  /** The returned function ends the subscription. */
  subscribe(listener: (happening: NumberedHappening) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  idOf(number: number): string {
    return `${this.#epoch}-${number}`;
  }

  /** The id of what happened last. */
  get lastId(): string {
    return this.idOf(this.#last);
  }

  /** What came after the one with this id; undefined when some of it is no longer known. */
  since(id: string): NumberedHappening[] | undefined {
    const [, epoch, digits] = /^(.{1,64})-(\d{1,15})$/.exec(id) ?? [];
    const number = Number(digits);
    if (epoch !== this.#epoch || number > this.#last) return undefined;
    const oldest = this.#last - this.#kept.length;
    return number < oldest ? undefined : this.#kept.slice(number - oldest);
  }

  #keep(happening: NumberedHappening): void {
    this.#kept.push(happening);
    this.#characters += happening.text.length;
    if (this.#kept.length > KEPT_MAX || this.#characters > KEPT_CHARACTERS_MAX) this.#forget();
    for (const listener of this.#listeners) listener(happening);
  }

  /** A tenth at once, so that a full list is not moved with every happening. */
  #forget(): void {
    let count = Math.ceil(this.#kept.length / 10);
    let left = this.#characters - sizeOf(this.#kept.slice(0, count));
    while (left > KEPT_CHARACTERS_MAX) left -= this.#kept[count++]!.text.length;
    this.#kept = this.#kept.slice(count);
    this.#characters = left;
  }
}

function sizeOf(happenings: readonly NumberedHappening[]): number {
  return happenings.reduce((sum, { text }) => sum + text.length, 0);
}
