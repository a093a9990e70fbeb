/**
 * Processes that show no environment at all, and when to believe them. Linux shows none for the instant in which a process
 * replaces its program (`execve`), so that a look at the table could miss one of ours that has left its group and
 * session. One that shows none for longer than any replacing takes really has none, and will have none of ours later:
 * what it does not have it cannot hand on.
 */
import type { ProcessRow } from './process-row.ts';

/** Longer than loading a program from a slow disk keeps its process without an environment. */
export const BLANK_MS = 250;

export class BlankRows {
  /** Process → when it was first seen without, of all that were without at every look since. */
  #since = new Map<string, number>();

  /** What one look found to be blank; true when all of them have been for long enough to be believed. */
  settles(blank: readonly ProcessRow[], p: { nowMs: number }): boolean {
    const since = new Map<string, number>();
    for (const row of blank) {
      const name = `${row.pid}@${row.started}`;
      since.set(name, this.#since.get(name) ?? p.nowMs);
    }
    this.#since = since;
    return [...since.values()].every((seenMs) => p.nowMs - seenMs >= BLANK_MS);
  }
}
