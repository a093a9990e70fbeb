/** What a client is told when something is refused or nobody answers: the problem document, as an error. */
import type { ProblemDocument } from '../api/contract/problem-document.ts';
import { AppError } from '../errors/app-error.ts';
import type { ErrorCode } from '../errors/catalog.ts';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status; of errors that no server sent, the one their code has. */
  readonly status: number;
  /** Permanent; `daemon_unreachable` when nobody answered. A newer daemon may send codes that this client lacks. */
  readonly code: ErrorCode | (string & {});
  readonly title: string;
  readonly detail: string;
  readonly hint: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Field by field, for what was not valid. */
  readonly errors: NonNullable<ProblemDocument['errors']>;

  constructor(problem: Omit<ProblemDocument, 'type'>, options?: { cause: unknown }) {
    super(problem.detail, options);
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    this.hint = problem.hint;
    this.data = problem.data ?? {};
    this.errors = problem.errors ?? [];
  }
}

function fromCatalog(error: AppError, cause?: unknown): ApiError {
  const { status, code, title, detail, hint } = error;
  const data = error.data as Record<string, unknown>;
  return new ApiError({ status, code, title, detail, hint, data }, cause === undefined ? undefined : { cause });
}

/** Nobody answered: refused, no such host, cut off. */
export function unreachable(url: string, cause: unknown): ApiError {
  return fromCatalog(new AppError('daemon_unreachable', { url, reason: reasonOf(cause) }), cause);
}

/** `fetch failed` says nothing; what lies beneath does. */
function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
  const code = typeof inner === 'object' && inner !== null && 'code' in inner ? String(inner.code) : '';
  if (code === 'ECONNREFUSED') return 'the connection was refused';
  const message = inner instanceof Error ? inner.message : String(inner);
  return message === '' ? code || 'no reason was given' : message;
}

/** The refusal in a reply; of one that is no problem document (a proxy's page) at least its status. */
export async function refusalOf(response: Response): Promise<ApiError> {
  const type = response.headers.get('content-type') ?? '';
  const body: unknown = type.startsWith('application/problem+json') ? await response.json().catch(() => null) : null;
  if (isProblem(body)) return new ApiError(body);
  return new ApiError({
    status: response.status,
    code: 'unexpected_reply',
    title: 'Unexpected reply',
    detail: `The reply has status ${response.status} and is not from Rouse (${type || 'no content type'}).`,
    hint: 'Check the address, and what stands between here and the daemon.',
  });
}

function isProblem(body: unknown): body is ProblemDocument {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body && 'status' in body;
}
