/** The home: there, ours, closed to others, writable. */
import { access, constants, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KEY_FILE } from '../../secrets/master-key.ts';
import { DATABASE_FILE } from '../../store/sqlite/open-sqlite-store.ts';
import { type Finding, finding, ok } from './finding.ts';

/** Files that nobody else may read. */
const PRIVATE_FILES = ['token', DATABASE_FILE, KEY_FILE];

export async function checkHome(p: { home: string; uid: number | undefined }): Promise<Finding> {
  const { home } = p;
  const check = 'home';
  const folder = await stat(home).catch(() => undefined);
  if (folder === undefined) {
    return finding('failure', { check, said: `${home} does not exist`, next: `Make one: rouse init --home ${home}` });
  }
  if (!folder.isDirectory()) {
    return finding('failure', { check, said: `${home} is no folder`, next: 'Name another one with --home.' });
  }
  if (p.uid !== undefined && folder.uid !== p.uid) {
    const next = `Become its owner (sudo chown -R "$USER" ${home}), or run this as the user whose daemon it is.`;
    return finding('failure', { check, said: `${home} belongs to another user`, next });
  }
  const isWritable = await access(home, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isWritable) {
    return finding('failure', { check, said: `${home} cannot be written`, next: `chmod u+rwx ${home}` });
  }
  const open = (await Promise.all([home, ...PRIVATE_FILES.map((name) => join(home, name))].map(openToOthers))).flat();
  if (open.length === 0) return ok(check, `${home}, for its owner only`);
  return finding('warning', {
    check,
    said: `others on this machine may read ${open.join(', ')}`,
    next: `chmod go-rwx ${open.join(' ')}`,
  });
}

async function openToOthers(path: string): Promise<string[]> {
  const file = await stat(path).catch(() => undefined);
  return file !== undefined && (file.mode & 0o077) !== 0 ? [path] : [];
}
