/**
 * The one error that leaves a layer on purpose. It carries everything a surface needs to tell a person what happened,
 * why, and what to do: API turns it into a problem document, CLI into text and an exit code, neither adds words of
 * its own. Which codes exist, and what they say, is in catalog.ts.
 */
import type { CatalogEntry } from './catalog-entry.ts';
import { errorCatalog, type ErrorCode, type ErrorData } from './catalog.ts';
import type { ExitCode } from './exit-code.ts';

/** What is wrong with one field; the model's `Problem` has this shape. Stated here because errors import nothing. */
export interface FieldProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly value?: unknown;
}

export interface AppErrorOptions {
  /** Field by field, for `validation_failed` and `config_invalid`. */
  readonly problems?: readonly FieldProblem[];
  /** What lies beneath, for the log; never shown to whoever asked. */
  readonly cause?: unknown;
}

export class AppError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'AppError';
  /** Permanent; programs branch on it. */
  readonly code: Code;
  /** The facts behind the message, safe to show: never a secret's value. */
  readonly data: ErrorData<Code>;
  /** What happened and why, in sentences; the same text as `message`. */
  readonly detail: string;
  readonly problems: readonly FieldProblem[];

  constructor(code: Code, data: ErrorData<Code>, options: AppErrorOptions = {}) {
    const entry = errorCatalog[code] as unknown as CatalogEntry<ErrorData<Code>>;
    const detail = entry.message(data);
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.data = data;
    this.detail = detail;
    this.problems = options.problems ?? [];
  }

  /** The kind of trouble in a few words, the same for every error of this code. */
  get title(): string {
    return errorCatalog[this.code].title;
  }

  /** What to do next. */
  get hint(): string {
    return errorCatalog[this.code].hint;
  }

  /** The HTTP status. */
  get status(): number {
    return errorCatalog[this.code].status;
  }

  get exitCode(): ExitCode {
    return errorCatalog[this.code].exitCode;
  }

  /** Whether the same request, sent again later and unchanged, can succeed. */
  get retryable(): boolean {
    return errorCatalog[this.code].retryable;
  }
}

/** Whether `error` is an {@link AppError}, of one of the given codes where any are given. */
export function isAppError<Code extends ErrorCode = ErrorCode>(
  error: unknown,
  ...codes: readonly Code[]
): error is AppError<Code> {
  return error instanceof AppError && (codes.length === 0 || (codes as readonly ErrorCode[]).includes(error.code));
}
