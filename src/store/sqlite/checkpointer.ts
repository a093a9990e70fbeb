/**
 * Brings the write-ahead log back into the database file on a thread of its own. A checkpoint syncs both files, which takes
 * a slow disk tens of milliseconds: on the thread that ticks, a fire would be late by them.
 *
 * Where the thread cannot keep up, whoever writes waits for it in turn (`room`), and the event loop goes on. The connection
 * still does the whole by itself when the log has grown beyond all that, so that a thread that is not there costs time
 * and nothing else.
 */
import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** The thread starts after so many commits: most stores of tests and short commands never come that far. */
const COMMITS_MIN = 8;
/** Pages in the log that are worth bringing back: 4 MiB. Hot pages stand in it many times, so earlier would cost more. */
const PAGES_MIN = 1_000;
/**
 * A log begins anew only when all of it is back at the moment of a commit. From this length on (32 MiB) whatever is left is
 * brought back at once, in ever smaller portions, until that moment comes in a pause between two commits.
 */
const CHASE_PAGES = 8_192;
/** From this length on (64 MiB) whoever writes waits until all of it is back, so that the log begins anew. */
const CROWDED_PAGES = 16_384;
const CROWDED_BYTES = 72 * 1024 * 1024;

/**
 * As text, because a file of its own would have to be found again beside the sources, in our bundle and in other people's.
 * `noop` looks only. `passive` waits for nobody and lets nobody wait. That another program is in the way (`busy`), or the
 * disk refuses, is no matter here: the next look comes.
 */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const { DatabaseSync } = require('node:sqlite');
const database = new DatabaseSync(workerData.path, { timeout: 0 });
database.exec('pragma synchronous = full');
const look = database.prepare('pragma wal_checkpoint(noop)');
const checkpoint = database.prepare('pragma wal_checkpoint(passive)');
parentPort.on('message', (message) => {
  if (message === 'end') {
    database.close();
    parentPort.close();
    return;
  }
  let found = { log: 0, checkpointed: 0 };
  try {
    found = look.get();
    const left = found.log - found.checkpointed;
    if (left >= workerData.pagesMin || (left > 0 && found.log >= workerData.chasePages)) found = checkpoint.get();
  } catch {}
  parentPort.postMessage({ log: found.log, left: found.log - found.checkpointed });
});
`;

function logBytes(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

interface Found {
  log: number;
  left: number;
}

export class Checkpointer {
  readonly #path: string;
  #commits = 0;
  #thread: Worker | undefined;
  /** Whether the thread is looking; commits meanwhile are seen by the next look. */
  #isLooking = false;
  #failed = false;
  /** What the last look found: pages in the log, and those of them that are not back. */
  #found: Found = { log: 0, left: 0 };
  readonly #waiting: (() => void)[] = [];

  constructor(p: { path: string }) {
    this.#path = p.path;
  }

  /** After every commit. */
  noteCommit(): void {
    this.#commits += 1;
    if (this.#commits >= COMMITS_MIN) this.#look();
  }

  #look(): void {
    if (this.#isLooking || this.#failed) return;
    this.#thread ??= this.#start();
    this.#isLooking = true;
    this.#thread.postMessage('look');
  }

  /**
   * Resolves at once, unless the log is very long and not all of it is back: then after one more look. Not after several,
   * because somebody who reads for minutes (a backup) keeps the log from coming back, and must not keep anybody from writing.
   */
  async room(): Promise<void> {
    if (this.#failed || !this.#isCrowded()) return;
    this.#look();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #isCrowded(): boolean {
    const { log, left } = this.#found;
    if (log >= CROWDED_PAGES && left > 0) return true;
    // While the thread is at work, only the file says how much has been written since: it is cut back to its bound
    // whenever it begins anew.
    return this.#isLooking && logBytes(this.#path) > CROWDED_BYTES;
  }

  #looked(found: Found): void {
    this.#isLooking = false;
    this.#found = found;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when the thread has let go of the file, so that whoever closes it afterwards is the last one. */
  async close(): Promise<void> {
    const thread = this.#thread;
    this.#failed = true;
    this.#thread = undefined;
    this.#looked({ log: 0, left: 0 });
    if (thread === undefined) return;
    const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
    // Who waits for the end may have nothing else to live for.
    thread.ref();
    thread.postMessage('end');
    await ended;
  }

  #start(): Worker {
    const thread = new Worker(THREAD, {
      eval: true,
      workerData: { path: this.#path, pagesMin: PAGES_MIN, chasePages: CHASE_PAGES },
      // Nothing of the daemon's: no environment with secrets in it, no flags that were meant for the main thread.
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    });
    thread.unref();
    thread.on('message', (found: Found) => this.#looked(found));
    const isOver = (): void => {
      this.#failed = true;
      this.#looked({ log: 0, left: 0 });
    };
    thread.once('error', isOver);
    thread.once('exit', isOver);
    return thread;
  }
}
