/** The folders of this machine, as an execution asks for them. */
import { mkdir, stat } from 'node:fs/promises';
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
