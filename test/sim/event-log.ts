/**
 * Everything that happened in one simulation, in one line each: hashed in full, so that two runs of one seed can be
 * compared, and the newest lines kept, so that a person can read how it came to a violation.
 */
import { createHash } from 'node:crypto';
import { formatInstant } from '../../src/model/instant.ts';
import type { VirtualTime } from '../../src/clock/virtual-time.ts';
import type { WallClock } from './wall-clock.ts';

/** Lines kept to be shown: enough for the history of one run, whatever else goes on around it. */
const KEPT_MAX = 20_000;

export class EventLog {
  readonly #hash = createHash('sha256');
  readonly #time: VirtualTime;
  readonly #wall: WallClock;
  #kept: string[] = [];
  #count = 0;

  constructor(time: VirtualTime, wall: WallClock) {
    this.#time = time;
    this.#wall = wall;
  }

  add(text: string): void {
    const line = `${(this.#time.now / 1000).toFixed(3).padStart(11)} s  ${formatInstant(this.#wall.now())}  ${text}`;
    this.#hash.update(line);
    this.#count += 1;
    this.#kept.push(line);
    if (this.#kept.length > 2 * KEPT_MAX) this.#kept = this.#kept.slice(-KEPT_MAX);
  }

  get count(): number {
    return this.#count;
  }

  /** The last lines that mention one of the words, and the last of those that move the whole world, in order. */
  about(words: readonly string[], max: number): string[] {
    const isOfWorld = (line: string): boolean => line.includes('  ## ');
    const told = this.#kept.filter((line) => !isOfWorld(line) && words.some((word) => line.includes(word)));
    const shown = new Set([...told.slice(-max), ...this.#kept.filter(isOfWorld).slice(-Math.ceil(max / 3))]);
    return this.#kept.filter((line) => shown.has(line));
  }

  /** Of all lines, the forgotten ones included. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
