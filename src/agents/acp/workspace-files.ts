/**
 * Files of the working folder, read and written for an agent that asks us to. Everything outside is refused, also when a
 * link leads there. It is no wall against the agent itself, which runs as the same user; it keeps what is done in our name
 * where it belongs.
 */
import { constants, mkdir, open, realpath, type FileHandle } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';

/** More is no text that a model could read at once. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;

export class FileRefused extends Error {}

export class WorkspaceFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** `line` counts from 1, `limit` in lines; both optional. */
  async read(p: { path: string; line?: number; limit?: number }): Promise<string> {
    const path = await this.place(p.path);
    // Without waiting: opening a pipe would hold us until somebody writes into it.
    const text = await withFile(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK, readWhole);
    if (p.line === undefined && p.limit === undefined) return text;
    const first = Math.max(0, (p.line ?? 1) - 1);
    return text
      .split('\n')
      .slice(first, p.limit === undefined ? undefined : first + Math.max(0, p.limit))
      .join('\n');
  }

  async write(p: { path: string; content: string }): Promise<void> {
    if (Buffer.byteLength(p.content) > FILE_BYTES_MAX) throw new FileRefused(`more than ${FILE_BYTES_MAX} bytes`);
    const path = await this.place(p.path);
    await mkdir(dirname(path), { recursive: true });
    // A folder on the way may have been a link that was made meanwhile.
    await this.place(path);
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
    await withFile(path, flags, (file) => file.writeFile(p.content));
  }

  /** The real path of a file or folder that is there or may be made; throws {@link FileRefused} outside. */
  async place(path: string): Promise<string> {
    if (path === '' || path.includes('\0')) throw new FileRefused('this is no path');
    const wanted = isAbsolute(path) ? resolve(path) : resolve(this.#folder, path);
    const root = await realpath(this.#folder);
    const real = await realOf(wanted);
    const inside = relative(root, real);
    if (inside === '..' || inside.startsWith('../') || isAbsolute(inside)) {
      throw new FileRefused(`${path} is outside of the working folder`);
    }
    return real;
  }
}

/** With every link resolved; what does not exist yet hangs below the nearest folder that does. */
async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' || dirname(path) === path) throw new FileRefused(`${path} cannot be reached (${code})`);
    return join(await realOf(dirname(path)), basename(path));
  }
}

async function withFile<T>(path: string, flags: number, use: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle;
  try {
    file = await open(path, flags, 0o666);
  } catch (error) {
    throw new FileRefused(`${path} cannot be opened (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    if (!(await file.stat()).isFile()) throw new FileRefused(`${path} is not a file`);
    return await use(file);
  } finally {
    await file.close();
  }
}

async function readWhole(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  if (size > FILE_BYTES_MAX) throw new FileRefused(`the file has more than ${FILE_BYTES_MAX} bytes`);
  return file.readFile('utf8');
}
