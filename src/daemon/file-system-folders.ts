/** The folders of this machine, as an execution asks for them. */
import { mkdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Folders } from '../engine/execution-context.ts';

export const fileSystemFolders: Folders = {
  async ensure(folder) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  },
  async isFolder(folder) {
    return (await stat(folder).catch(() => undefined))?.isDirectory() === true;
  },
  async exists(file) {
    return (await stat(file).catch(() => undefined)) !== undefined;
  },
};

/** The real path of a folder, links resolved; undefined when there is none. */
export async function findRealFolder(folder: string): Promise<string | undefined> {
  const real = await realpath(path.resolve(folder)).catch(() => undefined);
  return real !== undefined && (await fileSystemFolders.isFolder(real)) ? real : undefined;
}
