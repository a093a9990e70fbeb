/** What loading needs of a file system: a small port, so that loading can be tested and fuzzed without one, and Node's. */
import { open, readdir, realpath, stat } from 'node:fs/promises';

/** A configuration file beyond this is a mistake (a log, a database), and reading it would stall the daemon. */
export const FILE_BYTES_MAX = 4 * 1024 * 1024;

export type FileReading =
  | { outcome: 'read'; bytes: Uint8Array }
  | { outcome: 'missing' }
  | { outcome: 'not_a_file' }
  | { outcome: 'too_large'; bytes: number }
  /** `detail`: the operating system's code, such as `EACCES`. */
  | { outcome: 'unreadable'; detail: string };

type FolderListing =
  | { outcome: 'listed'; names: string[] }
  | { outcome: 'missing' }
  | { outcome: 'unreadable'; detail: string };

/** None of these throws. */
export interface ConfigFiles {
  /** Reads a whole regular file of at most {@link FILE_BYTES_MAX}. Symbolic links are followed. */
  read(path: string): Promise<FileReading>;
  list(folder: string): Promise<FolderListing>;
  /** The folder without symbolic links in its path, as workspaces are registered; undefined when there is none. */
  findFolder(path: string): Promise<string | undefined>;
}

export function nodeConfigFiles(): ConfigFiles {
  return { read, list, findFolder };
}

async function read(path: string): Promise<FileReading> {
  try {
    // Asked before opening: opening a pipe would wait for its other end for ever.
    const before = await stat(path);
    if (!before.isFile()) return { outcome: 'not_a_file' };
    if (before.size > FILE_BYTES_MAX) return { outcome: 'too_large', bytes: before.size };
    const file = await open(path, 'r');
    try {
      return await readBounded(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { outcome: 'missing' };
    if (code === 'EISDIR') return { outcome: 'not_a_file' };
    return { outcome: 'unreadable', detail: code };
  }
}

/** The file may grow while it is read, so the bound is kept here too. */
async function readBounded(file: Awaited<ReturnType<typeof open>>): Promise<FileReading> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { bytesRead, buffer } = await file.read(new Uint8Array(64 * 1024), 0, 64 * 1024, total);
    if (bytesRead === 0) return { outcome: 'read', bytes: Buffer.concat(parts, total) };
    parts.push(buffer.subarray(0, bytesRead));
    total += bytesRead;
    if (total > FILE_BYTES_MAX) return { outcome: 'too_large', bytes: total };
  }
}

async function list(folder: string): Promise<FolderListing> {
  try {
    return { outcome: 'listed', names: await readdir(folder) };
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' ? { outcome: 'missing' } : { outcome: 'unreadable', detail: code };
  }
}

async function findFolder(path: string): Promise<string | undefined> {
  try {
    const folder = await realpath(path);
    return (await stat(folder)).isDirectory() ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** The operating system's name for an error; what has none is told by its class. */
export function codeOf(error: unknown): string {
  if (error instanceof Error) return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return 'unknown';
}
