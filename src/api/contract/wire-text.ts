/** The texts that travel: instants, durations, identifiers, and the parts every list has. */
import { z } from 'zod';

/** Lists give at most so many items, and this many when nothing is asked. */
const LIST_LIMIT_MAX = 500;
export const LIST_LIMIT_DEFAULT = 100;

/** RFC 3339 in UTC with milliseconds. Years beyond 9999 take ISO 8601's six digits. */
export const instantText = z
  .string()
  .regex(/^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  .meta({ id: 'Instant', format: 'date-time', description: 'An instant: RFC 3339 in UTC with milliseconds.' });

export const durationText = z.string().meta({ id: 'Duration', description: 'Go duration text: `90s`, `1h30m`.' });

/** What people may write for an instant in a query. */
export const whenText = z
  .string()
  .min(1)
  .max(64)
  .describe('RFC 3339 with any offset, or a duration counted back from now, such as `2h`.');

/** The same where the instant is one of a job. */
export const jobWhenText = z
  .string()
  .min(1)
  .max(64)
  .describe(
    "RFC 3339 with any offset, wall time in the job's zone such as `2026-11-22T09:00`, or a duration counted back from now, such as `2h`.",
  );

export const limitNumber = z
  .int()
  .min(1)
  .max(LIST_LIMIT_MAX)
  .describe(`How many items at most, 1 to ${LIST_LIMIT_MAX}; ${LIST_LIMIT_DEFAULT} when absent.`);

export const cursorText = z
  .string()
  .min(1)
  .max(1024)
  .describe('`next_cursor` of the previous page; filters and order must stay the same.');

export const nextCursor = z.string().optional().describe('Present exactly when more follow.');

export const filterText = z.string().min(1).max(256);

/** The query of a list that can only be turned page by page. */
export const pageQuery = z.strictObject({ limit: limitNumber.optional(), cursor: cursorText.optional() });
