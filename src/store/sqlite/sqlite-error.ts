/** Turns what SQLite and the file system throw into the errors of the port. Everything else passes through untouched. */
import path from 'node:path';
import { AppError } from '../../errors/app-error.ts';

/** Primary result codes, https://sqlite.org/rescode.html. */
const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const CONSTRAINT = 19;
const NOTADB = 26;

/** What was going on. At a commit that fails for the device's sake nobody can say whether it reached the disk. */
export type SqliteMoment = 'statement' | 'commit';

export function translateSqliteError(error: unknown, file: string, moment: SqliteMoment = 'statement'): unknown {
  const code = primaryCode(error);
  if (code === undefined) return error;
  const outcome = moment === 'commit' && code === IOERR ? 'unknown' : 'unchanged';
  const unavailable = (reason: string): AppError =>
    new AppError('store_unavailable', { outcome, reason }, { cause: error });
  switch (code) {
    case FULL:
      return new AppError('disk_full', { path: file }, { cause: error });
    case READONLY:
      return new AppError('home_read_only', { home: path.dirname(file), reason: messageOf(error) }, { cause: error });
    case NOTADB:
      return unavailable(`${file} is not an SQLite database`);
    case CORRUPT:
      return unavailable(`${file} is damaged: ${messageOf(error)}; restore a backup`);
    case BUSY:
      return unavailable(`another program keeps ${file} locked`);
    case CANTOPEN:
      return unavailable(`${file} cannot be opened: ${messageOf(error)}`);
    case IOERR:
      return unavailable(`reading or writing ${file} failed: ${messageOf(error)}`);
    default:
      return error;
  }
}

/** Whether a statement broke a rule of the schema: then that statement's data is wrong, not the disk. */
export function isConstraintError(error: unknown): boolean {
  return primaryCode(error) === CONSTRAINT;
}

export function isBusyError(error: unknown): boolean {
  return primaryCode(error) === BUSY;
}

/** The low byte of an extended code is the primary one; undefined for errors that are not SQLite's. */
function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR') return undefined;
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
