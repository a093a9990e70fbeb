/** The end of every command that did not work: what happened, what is wrong where, what to do next, and the exit code. */
import { CommanderError } from '@commander-js/extra-typings';
import { ApiError } from '../client/api-error.ts';
import { isAppError } from '../errors/app-error.ts';
import { errorCatalog, type ErrorCode } from '../errors/catalog.ts';
import { EXIT_CODES, type ExitCode } from '../errors/exit-code.ts';
import { plainText } from './paint.ts';
import type { Terminal } from './terminal.ts';

/** The command line is wrong in a way that only the command itself can see. */
export class UsageError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

interface Failure {
  code: string;
  exitCode: ExitCode;
  detail: string;
  hint: string;
  problems: readonly { path: string; message: string }[];
}

/** A code that this program does not know comes from a newer daemon; its status still says the kind of trouble. */
function exitCodeOf(refusal: ApiError): ExitCode {
  const entry = Object.hasOwn(errorCatalog, refusal.code) ? errorCatalog[refusal.code as ErrorCode] : undefined;
  if (entry !== undefined) return entry.exitCode;
  const { status } = refusal;
  if (status === 404) return EXIT_CODES.not_found;
  if (status === 401 || status === 403) return EXIT_CODES.denied;
  if (status === 409 || status === 412) return EXIT_CODES.conflict;
  if (status === 429) return EXIT_CODES.limited;
  if (status === 503) return EXIT_CODES.unavailable;
  return status < 500 ? EXIT_CODES.invalid : EXIT_CODES.internal;
}

function describeFailure(error: unknown): Failure {
  if (isAppError(error)) {
    const { code, exitCode, detail, hint, problems } = error;
    return { code, exitCode, detail, hint, problems };
  }
  if (error instanceof UsageError) {
    return { code: 'usage', exitCode: EXIT_CODES.usage, detail: error.message, hint: error.hint, problems: [] };
  }
  if (error instanceof ApiError) {
    const { code, detail, hint, errors } = error;
    return { code, exitCode: exitCodeOf(error), detail, hint, problems: errors };
  }
  return {
    code: 'internal_error',
    exitCode: EXIT_CODES.internal,
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    hint: errorCatalog.internal_error.hint,
    problems: [],
  };
}

/**
 * Prints the failure to where errors go and returns the exit code. Programs that asked for JSON get the code as well,
 * on the same stream, so that the stream of results never holds anything else.
 */
export function reportFailure(error: unknown, p: { terminal: Terminal; asJson: boolean }): ExitCode {
  // Commander has printed its own message and usage by now; `--help` and `--version` arrive here too, with code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
  const { terminal } = p;
  const { exitCode, ...failure } = describeFailure(error);
  if (p.asJson) {
    terminal.err(`${JSON.stringify({ error: { ...failure, exit_code: exitCode } })}\n`);
    return exitCode;
  }
  const paint = terminal.paintErr;
  // A refusal that is all about one field says the same twice, for programs that look at fields only.
  const further = failure.problems.filter(({ message }) => message !== failure.detail);
  const lines = [
    `${paint('red', 'error:')} ${plainText(failure.detail)}`,
    ...further.map(({ path, message }) => `  ${paint('bold', plainText(path))}: ${plainText(message)}`),
    ...(failure.hint === '' ? [] : [`${paint('dim', 'next:')}  ${plainText(failure.hint)}`]),
  ];
  terminal.err(`${lines.join('\n')}\n`);
  return exitCode;
}
