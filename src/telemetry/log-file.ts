/**
 * The log on disk: one file that is appended to, and the last few before it. Owner-only. Written synchronously, so that
 * the last line before a crash is there, and never in the way: a line that cannot be written (a full disk) is counted
 * and told of by the next one that can.
 */
import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** One file of this size reads quickly; so many of them hold weeks of an ordinary daemon. */
const FILE_BYTES_MAX = 10 * 1024 * 1024;
const FILES_MAX = 5;

export class LogFile {
  readonly path: string;
  readonly #bytesMax: number;
  readonly #filesMax: number;
  #bytes: number | undefined;
  /** Kept open: opening costs more than writing, and a busy door writes a line per delivery. */
  #file: number | undefined;
  #lost = 0;

  constructor(p: { path: string; bytesMax?: number; filesMax?: number }) {
    this.path = p.path;
    this.#bytesMax = p.bytesMax ?? FILE_BYTES_MAX;
    this.#filesMax = p.filesMax ?? FILES_MAX;
  }

  /** Appends one line; `text` is without line end. Never throws. */
  write(text: string): void {
    const lost =
      this.#lost === 0 ? '' : `${JSON.stringify({ level: 'error', event: 'log.lost', lines: this.#lost })}\n`;
    const bytes = Buffer.from(`${lost}${text}\n`, 'utf8');
    try {
      if (this.#size() + bytes.length > this.#bytesMax) this.#turn();
      const size = this.#size();
      this.#file ??= openSync(this.path, 'a', 0o600);
      writeSync(this.#file, bytes);
      this.#bytes = size + bytes.length;
      this.#lost = 0;
    } catch {
      this.#lost += 1;
      this.#bytes = undefined;
      this.close();
    }
  }

  /** Lets go of the file; the next line opens it again. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #size(): number {
    if (this.#bytes !== undefined) return this.#bytes;
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    this.#bytes = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
    return this.#bytes;
  }

  /** `rouse.log.1` is the youngest of the old ones; the oldest is overwritten. */
  #turn(): void {
    this.close();
    for (let index = this.#filesMax - 1; index >= 1; index -= 1) {
      const from = index === 1 ? this.path : `${this.path}.${index - 1}`;
      if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, `${this.path}.${index}`);
    }
    this.#bytes = 0;
  }
}
