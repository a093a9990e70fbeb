import { expect, it } from 'vitest';
import { patchBetween } from './merge-patch.ts';

const check = (before: Record<string, unknown>, after: Record<string, unknown>, patch: Record<string, unknown>): void =>
  expect(patchBetween(before, after)).toEqual(patch);

it('what is equal is left out', () => check({ name: 'a', tags: ['x'] }, { name: 'a', tags: ['x'] }, {}));
it('what is gone becomes null', () => check({ timeout: '5m' }, {}, { timeout: null }));
it('objects are compared inside', () =>
  check(
    { schedule: { mode: 'cron', expr: '0 9 * * *', timezone: 'UTC' } },
    { schedule: { mode: 'every', interval: '5m', timezone: 'UTC' } },
    { schedule: { mode: 'every', expr: null, interval: '5m' } },
  ));
it('lists are replaced', () => check({ tags: ['a', 'b'] }, { tags: ['b'] }, { tags: ['b'] }));
it('a new object comes whole', () => check({}, { budget: { run_tokens: 5 } }, { budget: { run_tokens: 5 } }));
