/** Configuration files that exist in memory only, for tests of everything but the file system itself. */
import { dirname } from 'node:path';
import type { ConfigFiles, FileReading } from '../config-files.ts';

type MemoryFile = string | Uint8Array | Exclude<FileReading, { outcome: 'read' }>;

/** `files` by absolute path; `folders` exist and are empty. The objects are read each time, so tests may change them. */
export function memoryConfigFiles(
  files: Readonly<Record<string, MemoryFile>>,
  p: { folders?: readonly string[] } = {},
): ConfigFiles {
  return {
    async read(path) {
      const file = Object.hasOwn(files, path) ? files[path] : undefined;
      if (file === undefined) return { outcome: 'missing' };
      if (typeof file === 'string') return { outcome: 'read', bytes: Buffer.from(file) };
      return file instanceof Uint8Array ? { outcome: 'read', bytes: file } : file;
    },
    async list(folder) {
      const names = Object.keys(files).filter((path) => dirname(path) === folder);
      if (names.length === 0) return { outcome: 'missing' };
      return { outcome: 'listed', names: names.map((path) => path.slice(folder.length + 1)).toReversed() };
    },
    async findFolder(path) {
      return p.folders?.includes(path) ? path : undefined;
    },
  };
}
