import { expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { LastCounts } from './last-counts.ts';

const T0 = Date.UTC(2026, 10, 22, 12);
const COUNTS = { jobs: 1, triggers: 0, scheduled: 2, running: 3 };

function open() {
  const clock = new ManualClock(T0);
  const store: { answer: () => Promise<typeof COUNTS> } = { answer: async () => COUNTS };
  return { clock, store, counts: new LastCounts({ clock, store: { readCounts: () => store.answer() } }) };
}

test('what the store says is of now', async () => {
  expect(await open().counts.read()).toEqual({ counts: COUNTS });
});

test('a store that fails is stood in for by what it said last, with the instant', async () => {
  const { clock, store, counts } = open();
  await counts.read();
  clock.advance(60_000);
  store.answer = () => Promise.reject(new Error('away'));
  expect(await counts.read()).toEqual({ counts: COUNTS, counts_at: '2026-11-22T12:00:00.000Z' });
});

test('a store that says nothing is not waited for longer than two seconds', async () => {
  const { clock, store, counts } = open();
  await counts.read();
  store.answer = () => new Promise(() => undefined);
  const read = counts.read();
  clock.advance(2_000);
  expect(await read).toMatchObject({ counts: COUNTS, counts_at: expect.any(String) as string });
});

test('a store that never said anything fails as it fails', async () => {
  const { store, counts } = open();
  store.answer = () => Promise.reject(new Error('away'));
  await expect(counts.read()).rejects.toThrow('away');
});
