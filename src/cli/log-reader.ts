/** Reads the daemon's log from its file: what is there, and what comes, also when the file is turned over meanwhile. */
import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const CHUNK_BYTES = 64 * 1024;

/** Whole lines of one file, from a place in it on. */
class FileTail {
  readonly path: string;
  readonly #file: number;
  #position = 0;
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    this.path = path;
    this.#file = openSync(path, 'r');
  }

  get inode(): number {
    return fstatSync(this.#file).ino;
  }

  /** The lines that were not read before. A last line without its end waits for it. */
  *read(): Generator<string> {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (;;) {
      const count = readSync(this.#file, chunk, 0, chunk.length, this.#position);
      if (count === 0) return;
      this.#position += count;
      const bytes = Buffer.concat([this.#rest, chunk.subarray(0, count)]);
      const end = bytes.lastIndexOf(0x0a) + 1;
      this.#rest = Buffer.from(bytes.subarray(end));
      if (end > 0)
        yield* bytes
          .subarray(0, end - 1)
          .toString('utf8')
          .split('\n');
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** The log's files, oldest first. */
function logFiles(path: string): string[] {
  const name = basename(path);
  const names = statSync(dirname(path), { throwIfNoEntry: false }) === undefined ? [] : readdirSync(dirname(path));
  const ages = names.flatMap((each) => {
    if (each === name) return [0];
    const age = each.startsWith(`${name}.`) ? Number(each.slice(name.length + 1)) : Number.NaN;
    return Number.isInteger(age) ? [age] : [];
  });
  return ages.toSorted((a, b) => b - a).map((age) => join(dirname(path), age === 0 ? name : `${name}.${age}`));
}

/** Every line that is there, oldest first. */
export function* storedLines(path: string): Generator<string> {
  for (const file of logFiles(path)) {
    const tail = new FileTail(file);
    try {
      yield* tail.read();
    } finally {
      tail.close();
    }
  }
}

/** Every line that is there, and then each one that comes, until `pause` rejects or the reader stops asking. */
export async function* followedLines(path: string, pause: () => Promise<void>): AsyncGenerator<string, void> {
  for (const file of logFiles(path).slice(0, -1)) {
    const old = new FileTail(file);
    try {
      yield* old.read();
    } finally {
      old.close();
    }
  }
  let tail: FileTail | undefined;
  try {
    for (;;) {
      const inode = statSync(path, { throwIfNoEntry: false })?.ino;
      if (tail === undefined && inode !== undefined) tail = new FileTail(path);
      if (tail !== undefined) yield* tail.read();
      if (tail !== undefined && inode !== undefined && inode !== tail.inode) {
        tail.close();
        tail = undefined;
        continue;
      }
      await pause();
    }
  } finally {
    tail?.close();
  }
}
