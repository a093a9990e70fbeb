/** Makes a home to start from. Never overwrites anything, so it may be run again at any time. */
import { constants, copyFile, link, mkdir, open, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../errors/app-error.ts';
import { codeOf } from './config-files.ts';
import { MAIN_FILE } from './config-sources.ts';
import { starterConfig, type StarterChoices } from './starter-config.ts';

export interface InitializedHome {
  home: string;
  created_home: boolean;
  config_file: string;
  /** False: there was one, and it was left alone. */
  wrote_config: boolean;
}

/**
 * Creates the home (for its owner only) and writes a starter `rouse.toml` if there is none. Throws `home_read_only`, also
 * when the home's parent is missing or the home is no folder: the reason says which.
 */
export async function initHome(p: { home: string } & StarterChoices): Promise<InitializedHome> {
  const home = resolve(p.home);
  const created = await createFolder(home);
  const file = join(home, MAIN_FILE);
  const wrote = await writeNew({ home, file, text: starterConfig(p) });
  return { home, created_home: created, config_file: file, wrote_config: wrote };
}

/** Not with all its parents: a missing parent is a misspelt path more often than a wish. */
async function createFolder(home: string): Promise<boolean> {
  try {
    await mkdir(home, { mode: 0o700 });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw refusal(home, error);
  }
  const existing = await stat(home).catch((error: unknown) => {
    throw refusal(home, error);
  });
  if (!existing.isDirectory()) {
    throw new AppError('home_read_only', { home, reason: 'it is not a folder; choose another --home' });
  }
  return false;
}

/**
 * Written and synced beside, then linked into place: a link fails when the name is taken, so that neither a crash leaves
 * half a file nor a file that came meanwhile is lost.
 */
async function writeNew(p: { home: string; file: string; text: string }): Promise<boolean> {
  const beside = `${p.file}.${process.pid}.new`;
  try {
    if (await exists(p.file)) return false;
    const file = await open(beside, 'w', 0o600);
    try {
      await file.writeFile(p.text);
      await file.sync();
    } finally {
      await file.close();
    }
    await claimName({ beside, file: p.file });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw refusal(p.home, error);
  } finally {
    await rm(beside, { force: true }).catch(() => undefined);
  }
}

/** File systems without links (FAT, some network ones) get a copy, which refuses a taken name as well. */
async function claimName(p: { beside: string; file: string }): Promise<void> {
  try {
    await link(p.beside, p.file);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(codeOf(error))) throw error;
    await copyFile(p.beside, p.file, constants.COPYFILE_EXCL);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its parent folder does not exist; create that first, or correct the path',
  ENOTDIR: 'a part of the path is not a folder',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

function refusal(home: string, error: unknown): AppError {
  const code = codeOf(error);
  return new AppError('home_read_only', { home, reason: REASONS[code] ?? code }, { cause: error });
}
