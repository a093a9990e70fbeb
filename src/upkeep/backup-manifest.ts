/** What a backup says of itself: which files, of what content, from when and from which version. Written last. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../errors/app-error.ts';

export const MANIFEST_FILE = 'backup.json';

export interface BackupManifest {
  /** Of this format. */
  format: 1;
  /** The version of Rouse that made it. */
  version: string;
  created_at: string;
  /** The home it is of. */
  home: string;
  files: BackupFile[];
}

export interface BackupFile {
  /** Within the backup and within the home, with `/`. */
  path: string;
  bytes: number;
  sha256: string;
}

export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** The manifest of a backup whose every file is there and unchanged. Throws `backup_invalid`. */
export async function readBackup(folder: string): Promise<BackupManifest> {
  const invalid = (reason: string, cause?: unknown): AppError =>
    new AppError('backup_invalid', { folder, reason }, cause === undefined ? {} : { cause });
  const text = await readFile(join(folder, MANIFEST_FILE), 'utf8').catch((error: unknown) => {
    throw invalid(`${MANIFEST_FILE} cannot be read, so it is no backup or an unfinished one`, error);
  });
  const manifest = parseManifest(text);
  if (manifest === undefined) throw invalid(`${MANIFEST_FILE} is of another format than this version knows`);
  for (const file of manifest.files) {
    const hash = await hashFile(join(folder, file.path)).catch(() => undefined);
    if (hash === undefined) throw invalid(`the file ${file.path} is missing`);
    if (hash !== file.sha256) throw invalid(`the file ${file.path} was changed after the backup was made`);
  }
  return manifest;
}

/** Plain names and names in `conf.d`: a backup must never be able to write beside the home. */
const SAFE_PATH = /^(?:conf\.d\/)?[A-Za-z0-9_][A-Za-z0-9._ -]*$/;

function parseManifest(text: string): BackupManifest | undefined {
  try {
    const read = JSON.parse(text) as BackupManifest;
    const isWhole =
      read.format === 1 &&
      Array.isArray(read.files) &&
      read.files.every(({ path, sha256 }) => SAFE_PATH.test(path) && typeof sha256 === 'string');
    return isWhole ? read : undefined;
  } catch {
    return undefined;
  }
}
