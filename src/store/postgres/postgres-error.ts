/** Turns what the driver and the server say into the errors of the port. Everything else passes through untouched. */
import { AppError } from '../../errors/app-error.ts';

/** What was going on: of a commit whose answer never came nobody can say whether it happened. */
export type PostgresMoment = 'statement' | 'commit';

/** SQLSTATE classes and codes, https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const DISK_FULL = '53100';
const READ_ONLY = '25006';
const QUERY_CANCELED = '57014';
const LOCK_NOT_AVAILABLE = '55P03';

/** Codes of the operating system and of the driver for a connection that is not there, or no more. */
const SOCKET_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

/** Sentences of the driver that come without a code. */
const BROKEN =
  /connection terminated|client has encountered a connection error|not queryable|timeout exceeded when trying to connect|query read timeout|connection ended|server does not support ssl|client was closed/i;

/** Whether the transaction lost against others and may simply be done again. */
export function isRetryable(error: unknown): boolean {
  const code = codeOf(error);
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
}

/** Whether the connection that this came over must not be used again. */
export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error);
  if (code === undefined) return error instanceof Error && BROKEN.test(error.message);
  return SOCKET_CODES.has(code) || code.startsWith('08') || code.startsWith('57P') || code === '25P03';
}

const TOO_MANY_CONNECTIONS = '53300';
const NO_SSL = /server does not support ssl/i;

/**
 * Whether waiting helps: the server cannot be reached, starts, stops, or is full. Of a wrong password, a missing database
 * or a schema that is not ours somebody has to hear.
 */
export function isServerAway(error: unknown): boolean {
  if (!(error instanceof AppError) || error.code !== 'store_unavailable') return false;
  const { cause } = error;
  if (cause instanceof Error && NO_SSL.test(cause.message)) return false;
  return isConnectionLost(cause) || codeOf(cause) === TOO_MANY_CONNECTIONS;
}

/** Whether a statement broke a rule of the schema: then that statement's data is wrong, not the server. */
export function isConstraintError(error: unknown): boolean {
  return codeOf(error)?.startsWith('23') === true;
}

export function translatePostgresError(error: unknown, moment: PostgresMoment = 'statement'): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const reason = reasonOf(error);
  if (codeOf(error) === DISK_FULL) return new AppError('disk_full', { path: 'the database server' }, { cause: error });
  if (reason === undefined) return error;
  // A server that answered "no" rolled back; only silence leaves it open whether a commit arrived.
  const outcome = moment === 'commit' && isConnectionLost(error) ? 'unknown' : 'unchanged';
  return new AppError('store_unavailable', { outcome, reason }, { cause: error });
}

/** Why the server cannot do it now; undefined when that is not what the error says. Never contains the URL. */
function reasonOf(error: Error): string | undefined {
  const code = codeOf(error);
  if (code === READ_ONLY) return 'the PostgreSQL server accepts no writes; it may be a standby';
  if (code === QUERY_CANCELED) return 'a statement took longer than the PostgreSQL server was given';
  if (code === LOCK_NOT_AVAILABLE) return 'another node holds a lock for longer than anybody should';
  if (isRetryable(error)) return 'the transaction lost against others too many times';
  if (isConnectionLost(error)) return `the connection to PostgreSQL is lost: ${error.message || code}`;
  // Too many connections, not enough memory, wrong password, no such database, no such right.
  if (code !== undefined && /^(53|28|3D|42501)/.test(code)) return `PostgreSQL refused: ${error.message}`;
  return undefined;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
