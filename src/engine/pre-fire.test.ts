import { expect, test } from 'vitest';
import type { ClaimedRun } from '../store/run-store.ts';
import type { PreFireAnswer } from './pre-fire-gate.ts';
import { passPreFire } from './pre-fire.ts';
import type { Prepared } from './prepare-execution.ts';

/** Only what passing a gate looks at. */
function workplace(): { prepared: Prepared; left: () => number } {
  let left = 0;
  const prepared = {
    prompt: 'as prepared',
    leave: async () => {
      left += 1;
      return undefined;
    },
  } as unknown as Prepared;
  return { prepared, left: () => left };
}

const pass = (prepared: Prepared, answer: PreFireAnswer | undefined) =>
  passPreFire(answer === undefined ? undefined : async () => answer, {
    claimed: {} as ClaimedRun,
    prepared,
    signal: new AbortController().signal,
  });

test('without gates everything stays as it was prepared', async () => {
  const { prepared, left } = workplace();
  expect(await pass(prepared, undefined)).toBe(prepared);
  expect(left()).toBe(0);
});

test('a rewritten prompt is taken, and the workplace is kept for the agent', async () => {
  const { prepared, left } = workplace();
  expect(await pass(prepared, { prompt: 'rewritten' })).toMatchObject({ prompt: 'rewritten' });
  expect(left()).toBe(0);
});

test('a run that a gate stops gives its workplace up', async () => {
  const { prepared, left } = workplace();
  const answer = { status: 'canceled', reason: 'hook', error: 'nothing to do today' } as const;
  expect(await pass(prepared, answer)).toEqual(answer);
  expect(left()).toBe(1);
});
