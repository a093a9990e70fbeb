import { expect, test } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { HappeningBus } from '../events/happening.ts';
import type { AcceptedDelivery } from '../store/delivery-store.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { DeliveryIntake } from './delivery-intake.ts';

const AWAY = new AppError('store_unavailable', { outcome: 'unchanged', reason: 'the connection is lost' });

// The delivery canceled a run (overlap), and the store went away before that run could be read for the stream.
test('a store that goes away right after a delivery was stored takes no answer back and ends nobody', async () => {
  const told: string[] = [];
  const bus = new HappeningBus();
  bus.subscribe(({ type }) => told.push(type));
  const activation = { id: 'evt_1', data: {} };
  const stored = {
    outcome: 'stored',
    delivery: { id: 'del_1' },
    accepted: [{ outcome: 'accepted', activation, runs: [], canceled_run_ids: ['run_1', 'run_2'] }],
  } as unknown as AcceptedDelivery;
  let poked = 0;
  const intake = new DeliveryIntake({
    store: {
      acceptDeliveries: async () => [stored],
      getRun: async () => {
        throw AWAY;
      },
    } as never,
    clock: new ManualClock(0),
    bus,
    settings: () => ({ maxDepth: 8, daily: { tokens: null, costUsd: null } }) as never,
    poke: () => void (poked += 1),
    nextTurn: async () => undefined,
  });
  expect(await intake.accept({} as never)).toBe(stored);
  await intake.settled();
  expect(told).toEqual(['delivery.received', 'event.accepted']);
  expect(poked).toBe(1);
});
