import { describe, expect, test } from 'vitest';
import { usageLimitUntil } from './usage-limit.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const hour = 3_600_000;

describe('an exhausted account', () => {
  const check = (
    title: string,
    error: { code?: number; message: string; data?: unknown },
    expected: number | undefined,
  ): void => test(title, () => expect(usageLimitUntil({ error: { code: -32603, ...error }, now })).toBe(expected));
  const seconds = now / 1000 + 3600;

  check('tells seconds behind a bar', { message: `Claude AI usage limit reached|${seconds}` }, now + hour);
  check(
    'tells them in its data',
    { message: 'Internal error', data: { details: `usage limit reached|${seconds}` } },
    now + hour,
  );
  check('tells milliseconds', { message: 'Rate limit', data: { resetsAt: now + hour } }, now + hour);
  check('tells seconds since 1970', { message: 'Quota', data: { error: { resets_at: seconds } } }, now + hour);
  check('tells an instant', { message: 'Quota', data: { reset_at: '2026-11-22T13:00:00Z' } }, now + hour);
  check('tells how long', { message: 'usage limit', data: { resets_in_seconds: 3600 } }, now + hour);
  check('tells how long as text', { code: 429, message: 'wait', data: { retry_after: '3600' } }, now + hour);
  check('does not tell', { message: 'Rate limit exceeded' }, undefined);
  check('tells in words how long', { message: 'You’ve hit your usage limit. Try again in 1 hour.' }, now + hour);
  check('was exhausted in the past', { message: 'Rate limit', data: { resetsAt: now - 1 } }, undefined);
  check('is not believed beyond a month', { message: 'Rate limit', data: { resetsAt: now + 1000 * hour } }, undefined);
  check('is not seen in other errors', { message: 'Internal error', data: { retry_after: 5 } }, undefined);
});
