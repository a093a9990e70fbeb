/** The one switch by which a conversation learns that it shall end. Flipped once; later flips change nothing. */
export class StopRequest {
  readonly #abort = new AbortController();
  #graceMs = 0;

  request(graceMs: number): void {
    if (this.requested) return;
    this.#graceMs = Math.max(0, graceMs);
    this.#abort.abort();
  }

  get requested(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Between asking, SIGTERM and SIGKILL, in milliseconds; meaningful once requested. */
  get graceMs(): number {
    return this.#graceMs;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Resolves when the stop is requested, never before. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      if (this.requested) return resolve();
      this.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
