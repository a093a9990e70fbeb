/** Errors about what was sent to the API, whatever it was about. Composed into catalog.ts. */
import { entry } from './catalog-entry.ts';
import { EXIT_CODES } from './exit-code.ts';

const { not_found, conflict, invalid, limited } = EXIT_CODES;

export const requestErrors = {
  validation_failed: entry<{ subject: string; problems: number }>({
    title: 'Validation failed',
    status: 422,
    exitCode: invalid,
    retryable: false,
    hint: 'Mend the listed fields and send it again; nothing was changed.',
    message: ({ subject, problems }) =>
      `The ${subject} has ${problems === 1 ? 'one problem' : `${problems} problems`}.`,
  }),
  malformed_json: entry<{ reason: string }>({
    title: 'Malformed JSON',
    status: 400,
    exitCode: invalid,
    retryable: false,
    hint: 'Send a JSON body in UTF-8.',
    message: ({ reason }) => `The body is not JSON: ${reason}.`,
  }),
  malformed_request: entry<{ reason: string }>({
    title: 'Malformed request',
    status: 400,
    exitCode: invalid,
    retryable: false,
    hint: 'Compare the request with /api/docs.',
    message: ({ reason }) => `The request cannot be understood: ${reason}.`,
  }),
  invalid_cursor: entry({
    title: 'Invalid cursor',
    status: 400,
    exitCode: invalid,
    retryable: false,
    hint: 'Begin again without a cursor, and keep filters and order while paging.',
    message: () => 'The paging cursor is not one that this list gave out.',
  }),
  body_too_large: entry<{ limit_bytes: number }>({
    title: 'Body too large',
    status: 413,
    exitCode: invalid,
    retryable: false,
    hint: 'Send less, or put the material where the agent can read it.',
    message: ({ limit_bytes }) => `The body is larger than ${limit_bytes} bytes and was not read.`,
  }),
  unsupported_media_type: entry<{ got: string; wanted: string }>({
    title: 'Unsupported media type',
    status: 415,
    exitCode: invalid,
    retryable: false,
    hint: 'Set the Content-Type header to what the route takes.',
    message: ({ got, wanted }) => `The body is ${got || 'of no stated type'}; this route takes ${wanted}.`,
  }),
  not_found: entry<{ method: string; path: string }>({
    title: 'No such route',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'All routes are listed at /api/docs.',
    message: ({ method, path }) => `There is nothing at ${method} ${path}.`,
  }),
  method_not_allowed: entry<{ method: string; path: string; allowed: readonly string[] }>({
    title: 'Method not allowed',
    status: 405,
    exitCode: invalid,
    retryable: false,
    hint: 'Use one of the methods in the Allow header.',
    message: ({ method, path, allowed }) => `${path} does not take ${method}, only ${allowed.join(', ')}.`,
  }),
  request_timeout: entry({
    title: 'Request too slow',
    status: 408,
    exitCode: invalid,
    retryable: true,
    hint: 'Send it again, faster.',
    message: () => 'The body did not arrive in time.',
  }),
  idempotency_key_reused: entry<{ key: string }>({
    title: 'Idempotency key reused',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Use a fresh key for every different request.',
    message: ({ key }) => `The idempotency key "${key}" belongs to an earlier request with another body.`,
  }),
  idempotency_key_in_use: entry<{ key: string }>({
    title: 'Idempotency key in use',
    status: 409,
    exitCode: conflict,
    retryable: true,
    hint: 'Send the request again in a moment; it is then answered like the one that is under way.',
    message: ({ key }) => `The request with the idempotency key "${key}" is being carried out right now.`,
  }),
  idempotency_outcome_unknown: entry<{ key: string }>({
    title: 'Outcome of an earlier request unknown',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Look whether it happened; if it did not, send it again with a fresh key.',
    message: ({ key }) =>
      `The request with the idempotency key "${key}" was cut off by a crash, and carrying it out once more could do it twice.`,
  }),
  rate_limited: entry<{ retry_at: string }>({
    title: 'Too many requests',
    status: 429,
    exitCode: limited,
    retryable: true,
    hint: 'Wait for the time in the Retry-After header.',
    message: ({ retry_at }) => `Too many requests came in; the next one is taken from ${retry_at}.`,
  }),
} as const;
