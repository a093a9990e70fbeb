/**
 * Finds the home that a command means, and the daemon that works in it. A running daemon leaves `daemon.json`
 * (`pid`, `url`, `version`) and `token` there; whoever can read them may talk to it.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError } from '../errors/app-error.ts';
import type { Environment } from './environment.ts';

export interface DaemonAddress {
  url: string;
  token: string;
  pid?: number;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** What `daemon.json` says; undefined when there is none or it is no such document. */
function readDaemonFile(home: string): { url: string; pid?: number } | undefined {
  try {
    const value: unknown = JSON.parse(readText(join(home, 'daemon.json')) ?? 'null');
    if (typeof value !== 'object' || value === null) return undefined;
    const { url, pid } = value as { url?: unknown; pid?: unknown };
    if (typeof url !== 'string') return undefined;
    return typeof pid === 'number' ? { url, pid } : { url };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a daemon says of itself that it works in `home`, and its process lives. */
export function hasDaemon(home: string): boolean {
  const { pid } = readDaemonFile(home) ?? {};
  return pid !== undefined && isAlive(pid);
}

/**
 * `--home`, else `ROUSE_HOME`, else `~/.rouse`. Run from a checkout, the home of its `npm start` stands in for
 * `~/.rouse` while a daemon works there and none works in `~/.rouse`: the one daemon that runs is the one meant.
 */
export function findHome(p: { option: string | undefined; environment: Environment }): string {
  const { option, environment } = p;
  const named = option ?? environment.homeVariable;
  if (named !== undefined) return resolve(environment.cwd, named);
  const { checkoutHome, defaultHome } = environment;
  if (checkoutHome !== undefined && !hasDaemon(defaultHome) && hasDaemon(checkoutHome)) return checkoutHome;
  return defaultHome;
}

/** With the token `given`, else the home's own. Throws `daemon_not_running` where nobody has started one, or only one that is gone. */
export function readAddress(home: string, given?: string): DaemonAddress {
  const daemon = readDaemonFile(home);
  // A token that was given is meant, also where the file could be read: it is narrower.
  const token = given ?? readText(join(home, 'token'))?.trim();
  if (daemon === undefined || token === undefined || token === '') throw new AppError('daemon_not_running', { home });
  return { ...daemon, token };
}
