/**
 * Puts a backup into a home in which no daemon works. What is there already is moved aside, never deleted, so a restore
 * can be undone by hand; the database comes last, so that a home with one is a whole one.
 */
import { chmod, copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { PauseSwitch } from '../engine/pause-switch.ts';
import { formatInstant } from '../model/instant.ts';
import type { EpochMs } from '../model/instant.ts';
import { lockHome } from '../store/sqlite/home-lock.ts';
import { DATABASE_FILE, openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import type { StoreCounts } from '../store/store.ts';
import { type BackupManifest, readBackup } from './backup-manifest.ts';

export interface Restored {
  home: string;
  manifest: BackupManifest;
  /** Where what was there before went; absent when there was nothing. */
  moved_to?: string;
  /** What the restored store holds. */
  counts: StoreCounts;
}

/**
 * `paused`: the next daemon starts with everything paused, so that nothing that came due since the backup runs before
 * somebody has looked. Throws `backup_invalid`, `home_in_use`, and what opening a store can throw.
 */
export async function restoreHome(p: { from: string; home: string; paused: boolean; now: EpochMs }): Promise<Restored> {
  const home = resolve(p.home);
  const from = resolve(p.from);
  const manifest = await readBackup(from);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const lock = lockHome(home);
  let movedTo: string | undefined;
  try {
    movedTo = await moveAside({ home, now: p.now, files: manifest.files.map(({ path }) => path) });
    const others = manifest.files.filter(({ path }) => path !== DATABASE_FILE);
    const database = manifest.files.filter(({ path }) => path === DATABASE_FILE);
    for (const { path } of [...others, ...database]) await place({ from, home, path });
  } finally {
    lock.release();
  }
  const store = await openSqliteStore({ home, node: 'restore', now: p.now });
  try {
    if (p.paused) {
      const pauseSwitch = new PauseSwitch({ store, settle: () => Promise.resolve() });
      await pauseSwitch.load();
      await pauseSwitch.pause({ now: p.now, cause: 'person', by: 'restore' });
    }
    return {
      home,
      manifest,
      counts: await store.readCounts(),
      ...(movedTo === undefined ? {} : { moved_to: movedTo }),
    };
  } finally {
    await store.close();
  }
}

/** With the database go its log and index: beside another database they would be taken for its own. */
const WITH_DATABASE = [`${DATABASE_FILE}-wal`, `${DATABASE_FILE}-shm`];

async function moveAside(p: { home: string; now: EpochMs; files: readonly string[] }): Promise<string | undefined> {
  const folder = join(p.home, `replaced-${formatInstant(p.now).replaceAll(/[:.]/g, '-')}`);
  let moved = false;
  for (const path of [...p.files, ...WITH_DATABASE]) {
    if ((await stat(join(p.home, path)).catch(() => undefined)) === undefined) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true, mode: 0o700 });
    await rename(join(p.home, path), join(folder, path));
    moved = true;
  }
  return moved ? folder : undefined;
}

async function place(p: { from: string; home: string; path: string }): Promise<void> {
  const target = join(p.home, p.path);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await copyFile(join(p.from, p.path), `${target}.restoring`);
  await chmod(`${target}.restoring`, 0o600);
  await rm(target, { force: true });
  await rename(`${target}.restoring`, target);
}
