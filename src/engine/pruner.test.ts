import { expect, test } from 'vitest';
import { HappeningBus, type Happening } from '../events/happening.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { Pruner, type PruneStep } from './pruner.ts';

function open(steps: PruneStep[]) {
  const clock = new ManualClock(1_000_000);
  const bus = new HappeningBus();
  const heard: string[] = [];
  bus.subscribe((happening: Happening) => heard.push(happening.type));
  return { clock, heard, pruner: new Pruner({ clock, bus, steps }) };
}

/** A round goes on for as long as time does. */
async function play(clock: ManualClock, round: Promise<void>): Promise<void> {
  const over = { is: false };
  void round.then(() => (over.is = true));
  while (!over.is) {
    clock.advance(25);
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}

test('steps follow one another with a pause until nothing more is there', async () => {
  const at: number[] = [];
  const area: PruneStep = { name: 'x', step: async ({ now }) => ({ more: at.push(now) < 3 }) };
  const { clock, pruner } = open([area]);
  await play(clock, pruner.round());
  expect(at).toHaveLength(3);
  expect(new Set(at).size).toBe(3);
});

test('an area that fails costs only itself, is told once, and told again when it works', async () => {
  let broken = true;
  const done: string[] = [];
  const { clock, heard, pruner } = open([
    { name: 'bad', step: () => (broken ? Promise.reject(new Error('full')) : Promise.resolve({ more: false })) },
    { name: 'good', step: async () => ({ more: done.push('good') < 0 }) },
  ]);
  await play(clock, pruner.round());
  await play(clock, pruner.round());
  expect([done, heard]).toEqual([['good', 'good'], ['service.failed']]);
  broken = false;
  await play(clock, pruner.round());
  expect(heard).toEqual(['service.failed', 'service.recovered']);
});

test('closing ends a round between two steps', async () => {
  let steps = 0;
  const { clock, pruner } = open([{ name: 'endless', step: async () => ({ more: (steps += 1) > 0 }) }]);
  pruner.start();
  clock.advance(10_000);
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
  const seen = steps;
  await pruner.close();
  expect(seen).toBeGreaterThan(0);
  expect(steps).toBe(seen);
});

// A database that was away for a moment must not leave the daemon "not ready" until the next quarter of an hour.
test('after a round that failed the next one comes soon, later and later while it goes on, and then as ever', async () => {
  const rounds: number[] = [];
  let failures = 3;
  const startedAt = 1_000_000;
  const { clock, heard, pruner } = open([
    {
      name: 'away',
      async step({ now }) {
        rounds.push((now - startedAt) / 1000);
        if (failures === 0) return { more: false };
        failures -= 1;
        throw new Error('the connection is lost');
      },
    },
  ]);
  pruner.start();
  for (let second = 0; second < 1_000; second += 1) {
    clock.advance(1_000);
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
  await pruner.close();
  expect(rounds).toEqual([10, 15, 25, 45, 945]);
  expect(heard).toEqual(['service.failed', 'service.recovered']);
});
