/**
 * One home has one daemon: a small database beside the real one is held with an exclusive transaction. The operating
 * system releases it the moment the process ends, also after `kill -9`, which no file with a pid in it can promise.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../errors/app-error.ts';
import { makeOwnerOnly } from './connection.ts';
import { isBusyError, translateSqliteError } from './sqlite-error.ts';

export interface HomeLock {
  /** Idempotent. */
  release(): void;
}

/** Throws `home_in_use`, with the pid where `daemon.json` names it. */
export function lockHome(home: string): HomeLock {
  const file = path.join(home, 'rouse.lock');
  makeOwnerOnly(file);
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    // In memory, so that a home with no space left can still be opened and looked at.
    database.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    database.close();
    if (!isBusyError(error)) throw translateSqliteError(error, file);
    const pid = daemonPid(home);
    throw new AppError('home_in_use', { home, ...(pid === undefined ? {} : { pid }) }, { cause: error });
  }
  return {
    release(): void {
      if (database.isOpen) database.close();
    },
  };
}

/** Only for the message: whatever is wrong with the file, the lock is what counts. */
function daemonPid(home: string): number | undefined {
  try {
    const written: unknown = JSON.parse(readFileSync(path.join(home, 'daemon.json'), 'utf8'));
    const pid = typeof written === 'object' && written !== null && 'pid' in written ? written.pid : undefined;
    return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
