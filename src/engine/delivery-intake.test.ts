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

/** A store that writes nothing until it is let, and the sizes of the batches that it was given. */
function heldIntake() {
  const batches: number[] = [];
  const held: (() => void)[] = [];
  const intake = new DeliveryIntake({
    store: {
      acceptDeliveries: ({ deliveries }: { deliveries: unknown[] }) => {
        batches.push(deliveries.length);
        return new Promise((resolve) => held.push(() => resolve(deliveries.map(() => ({ outcome: 'gone' })))));
      },
    } as never,
    clock: new ManualClock(0),
    bus: new HappeningBus(),
    settings: () => ({ maxDepth: 8, daily: { tokens: null, costUsd: null } }) as never,
    poke: () => undefined,
    nextTurn: async () => undefined,
  });
  const letAll = async (): Promise<void> => {
    let open = true;
    const settled = intake.settled().then(() => (open = false));
    while (open) {
      held.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await settled;
  };
  return { intake, batches, letAll };
}

const MIB = 1024 * 1024;
const ofBytes = (bytes: number): never => ({ bytes }) as never;

test('what is written together is bounded by its bytes, and a body that is more alone goes alone', async () => {
  const { intake, batches, letAll } = heldIntake();
  const sizes = [1, 1, 1, 1, 1, 9, 1];
  const answers = sizes.map((size) => intake.accept(ofBytes(size * MIB)));
  await letAll();
  await Promise.all(answers);
  expect(batches).toEqual([4, 1, 1, 1]);
});

test('beyond so many bytes that wait, senders are told to come later, and are taken again afterwards', async () => {
  const { intake, letAll } = heldIntake();
  const answers = Array.from({ length: 64 }, () => intake.accept(ofBytes(MIB)));
  await expect(intake.accept(ofBytes(1))).rejects.toMatchObject({ code: 'rate_limited' });
  await letAll();
  await Promise.all(answers);
  const again = intake.accept(ofBytes(1));
  await letAll();
  await again;
});
