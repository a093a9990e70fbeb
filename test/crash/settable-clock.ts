/** A daemon's clock that a test sets, either way, while the daemon runs: a file that crash-daemon.ts reads. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class SettableClock {
  readonly #folder: string;
  readonly #file: string;
  #offsetMs = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#file = join(folder, 'offset');
  }

  /** Shows the machine's time at first. */
  static async open(): Promise<SettableClock> {
    const clock = new SettableClock(await mkdtemp(join(tmpdir(), 'rouse-clock-')));
    clock.setOffset(0);
    return clock;
  }

  /** For the environment of a daemon started with `crashDaemonCommand`. */
  get environment(): Record<string, string> {
    return { ROUSE_CLOCK_OFFSET: this.#file };
  }

  /** What the daemon's clock shows now. */
  now(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Milliseconds to the machine's time. In one write of a few bytes: the daemon never reads half of it. */
  setOffset(ms: number): void {
    this.#offsetMs = ms;
    writeFileSync(this.#file, String(ms));
  }

  /** The clock goes on from this instant. */
  setTo(instant: number): void {
    this.setOffset(instant - Date.now());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
