/** The files of a home that the daemon itself keeps: the bearer token, and where it can be reached while it runs. */
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../errors/app-error.ts';

export interface DaemonFile {
  pid: number;
  url: string;
  version: string;
}

const TOKEN_BYTES = 32;
/** What a token of ours looks like; anything else in the file is a mistake that must not become a weak password. */
const TOKEN_PATTERN = /^[A-Za-z0-9_-]{32,256}$/u;

/** Creates the home, owner-only; an existing one keeps its mode. */
export async function ensureHome(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new AppError('home_read_only', { home, reason: reasonOf(error) }, { cause: error });
  }
}

/** Reads the bearer token, creating it at the first start. The file is for its owner only, and is made so again. */
export async function ensureToken(p: { home: string; randomBytes: (count: number) => Uint8Array }): Promise<string> {
  const file = path.join(p.home, 'token');
  const existing = await readFile(file, 'utf8').catch(() => undefined);
  if (existing !== undefined && TOKEN_PATTERN.test(existing.trim())) {
    await chmod(file, 0o600);
    return existing.trim();
  }
  const token = Buffer.from(p.randomBytes(TOKEN_BYTES)).toString('base64url');
  await writeWhole({ file, text: `${token}\n`, home: p.home });
  return token;
}

export async function writeDaemonFile(p: { home: string; daemon: DaemonFile }): Promise<void> {
  await writeWhole({
    file: path.join(p.home, 'daemon.json'),
    text: `${JSON.stringify(p.daemon, undefined, 2)}\n`,
    home: p.home,
  });
}

/** Only a file that still names this process is removed: a later daemon may have written its own. */
export async function removeDaemonFile(p: { home: string; pid: number }): Promise<void> {
  const file = path.join(p.home, 'daemon.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  try {
    if ((JSON.parse(text) as Partial<DaemonFile>).pid !== p.pid) return;
  } catch {
    // Not ours to judge: an unreadable file says nothing to anybody, so it may go.
  }
  await rm(file, { force: true });
}

/** Written beside and renamed, so that nobody ever reads half a file, not even after a crash. */
async function writeWhole(p: { file: string; text: string; home: string }): Promise<void> {
  const beside = `${p.file}.new`;
  try {
    await rm(beside, { force: true });
    await writeFile(beside, p.text, { mode: 0o600, flag: 'wx' });
    await rename(beside, p.file);
  } catch (error) {
    throw new AppError('home_read_only', { home: p.home, reason: reasonOf(error) }, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
