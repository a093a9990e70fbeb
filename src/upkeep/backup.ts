/**
 * Copies a home while its daemon runs or while none does. The database is copied in one read transaction of its own, so
 * the copy is the state of one instant, however much is written meanwhile, and no writer waits for it.
 */
import { chmod, copyFile, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../errors/app-error.ts';
import { formatInstant } from '../model/instant.ts';
import type { EpochMs } from '../model/instant.ts';
import { KEY_FILE } from '../secrets/master-key.ts';
import { DATABASE_FILE } from '../store/sqlite/open-sqlite-store.ts';
import { lookInto } from './existing-database.ts';
import { type BackupFile, type BackupManifest, hashFile, MANIFEST_FILE } from './backup-manifest.ts';

export interface MadeBackup {
  folder: string;
  manifest: BackupManifest;
}

/**
 * Makes the folder `to`, which must not exist. Of the home it takes the database, `rouse.toml` and `conf.d`; the key of the
 * vault only with `withKey`, because whoever has both has the secrets; never the token of this machine, logs and
 * working folders. Throws `backup_refused`.
 */
export async function backUpHome(p: {
  home: string;
  to: string;
  withKey: boolean;
  /** `[store] url` as it is written: of a server only its own tools make a copy. */
  storeUrl: string;
  version: string;
  now: EpochMs;
  /** Told before each part that may take long. */
  onProgress?: (what: string) => void;
}): Promise<MadeBackup> {
  const home = resolve(p.home);
  const folder = resolve(p.to);
  const refused = (reason: string, cause?: unknown): AppError =>
    new AppError('backup_refused', { home, reason }, cause === undefined ? {} : { cause });
  if (p.storeUrl !== 'sqlite') throw refused(serverAdvice({ home, storeUrl: p.storeUrl }));
  if (await exists(folder)) throw refused(`${folder} exists already; name a folder that does not`);
  const database = join(home, DATABASE_FILE);
  const size = await stat(database).catch((error: unknown) => {
    throw refused(`${database} cannot be read: no daemon has worked there, or it keeps its data elsewhere`, error);
  });
  const beside = `${folder}.unfinished`;
  await rm(beside, { recursive: true, force: true });
  try {
    await mkdir(beside, { recursive: true, mode: 0o700 });
    p.onProgress?.(`copying the database, about ${Math.ceil(size.size / 1_048_576)} MiB`);
    copyDatabase({ from: database, to: join(beside, DATABASE_FILE) });
    for (const path of await ownFiles({ home, withKey: p.withKey })) {
      await mkdir(dirname(join(beside, path)), { recursive: true, mode: 0o700 });
      await copyFile(join(home, path), join(beside, path));
    }
    p.onProgress?.('checking the copy');
    checkDatabase(join(beside, DATABASE_FILE));
    const manifest = await describe({ ...p, home, folder: beside });
    await writeFile(join(beside, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 });
    await sync(join(beside, MANIFEST_FILE));
    await rename(beside, folder);
    return { folder, manifest };
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error instanceof AppError ? error : refused(error instanceof Error ? error.message : String(error), error);
  }
}

/**
 * What to do instead. A file of before the move may lie in the home still, and a copy of that would be worse than none.
 */
function serverAdvice(p: { home: string; storeUrl: string }): string {
  const files = ['rouse.toml', 'conf.d', KEY_FILE].map((name) => join(p.home, name)).join(', ');
  return (
    'its rows are on a PostgreSQL server, whose own tools copy them as of one instant while daemons work: ' +
    `pg_dump --format=custom --file=rouse.dump ${shellUrl(p.storeUrl)} ` +
    `(back with pg_restore --dbname). Keep beside it, where they are there: ${files}`
  );
}

/** The address as a word for a shell, without a password in it. */
function shellUrl(storeUrl: string): string {
  if (storeUrl.startsWith('env:')) return `"$${storeUrl.slice('env:'.length)}"`;
  if (storeUrl.startsWith('file:')) return `"$(cat ${storeUrl.slice('file:'.length)})"`;
  const url = URL.parse(storeUrl);
  if (url === null) return '"<the address of the database>"';
  url.password = '';
  return `"${url.href}"`;
}

/** One statement, one snapshot. It also leaves behind the pages that deleted rows have freed. */
function copyDatabase(p: { from: string; to: string }): void {
  lookInto(p.from, (database) => database.prepare('vacuum into ?').run(p.to));
}

/** Throws when the copy is not whole. */
export function checkDatabase(path: string): void {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const [first] = database.prepare('pragma integrity_check(1)').all() as { integrity_check: string }[];
    if (first?.integrity_check !== 'ok')
      throw new Error(`the copy is damaged: ${first?.integrity_check ?? 'unreadable'}`);
  } finally {
    database.close();
  }
}

async function ownFiles(p: { home: string; withKey: boolean }): Promise<string[]> {
  const parts = await readdir(join(p.home, 'conf.d')).catch(() => []);
  const wanted = [
    'rouse.toml',
    ...parts.filter((name) => name.endsWith('.toml')).map((name) => `conf.d/${name}`),
    ...(p.withKey ? [KEY_FILE] : []),
  ];
  const there = await Promise.all(wanted.map(async (path) => ((await exists(join(p.home, path))) ? [path] : [])));
  return there.flat();
}

async function describe(p: {
  home: string;
  folder: string;
  withKey: boolean;
  version: string;
  now: EpochMs;
}): Promise<BackupManifest> {
  const files: BackupFile[] = [];
  for (const path of [DATABASE_FILE, ...(await ownFiles({ home: p.folder, withKey: p.withKey }))]) {
    const file = join(p.folder, path);
    await chmod(file, 0o600);
    await sync(file);
    files.push({ path, bytes: (await stat(file)).size, sha256: await hashFile(file) });
  }
  return { format: 1, version: p.version, created_at: formatInstant(p.now), home: p.home, files };
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
