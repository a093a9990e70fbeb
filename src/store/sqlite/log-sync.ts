/**
 * Makes committed transactions durable beside the event loop: the write-ahead log is synced by one of Node's own threads
 * while the loop goes on reading requests. Whoever asks while a sync is under way shares the next one, since nobody can
 * say what the running one still takes along. What is committed in which order is for the connection.
 */
import { closeSync, fdatasync, openSync } from 'node:fs';

function syncFile(file: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(file, (error) => (error === null ? resolve() : reject(error)));
  });
}

export class LogSync {
  readonly #path: string;
  readonly #sync: (file: number) => Promise<void>;
  #file: number | undefined;
  /** Never rejects. */
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** `path` is the log, which exists by the time of the first sync. */
  constructor(p: { path: string; sync?: (file: number) => Promise<void> }) {
    this.#path = p.path;
    this.#sync = p.sync ?? syncFile;
  }

  /** Resolves when everything that was written before the call is on the disk; rejects with the system's error. */
  synced(): Promise<void> {
    if (this.#next === undefined) {
      this.#next = this.#running.then(() => {
        this.#next = undefined;
        // Held open: SQLite takes no locks on the log, so that closing this one would drop none, but it stays the same file.
        this.#file ??= openSync(this.#path, 'r+');
        return this.#sync(this.#file);
      });
      this.#running = this.#next.catch(() => undefined);
    }
    return this.#next;
  }

  async close(): Promise<void> {
    await this.#running;
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) closeSync(file);
  }
}
