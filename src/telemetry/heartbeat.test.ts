import { afterEach, expect, test } from 'vitest';
import { type Happening, HappeningBus } from '../events/happening.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { Heartbeat } from './heartbeat.ts';

const URL_WITH_KEY = 'https://watch.example/ping/secret-key';
const closing: Heartbeat[] = [];
afterEach(async () => {
  for (const heartbeat of closing.splice(0)) await heartbeat.close();
});

/** A scheduler that the test lets tick, and a watchdog that answers what the test says. */
function open(p: { url?: string | null } = {}) {
  const clock = new ManualClock(0);
  const bus = new HappeningBus();
  const happenings: Happening[] = [];
  bus.subscribe((happening) => happenings.push(happening));
  const world = { tickAt: 1, status: 200, beats: [] as string[] };
  const heartbeat = new Heartbeat({
    clock,
    bus,
    url: () => (p.url === undefined ? URL_WITH_KEY : p.url),
    lastTickAt: () => world.tickAt,
    request: async (url) => {
      world.beats.push(url);
      if (world.status === 0) throw new Error(`cannot reach ${url}`);
      return { ok: world.status < 300, status: world.status };
    },
  });
  closing.push(heartbeat);
  heartbeat.start();
  /** Lets a minute pass, in which the scheduler ticks or does not. */
  const minute = async (ticks: boolean): Promise<void> => {
    await settled();
    if (ticks) world.tickAt += 1;
    clock.advance(60_000);
    await settled();
  };
  return { world, happenings, minute };
}

/** Everything that waits for nothing but promises has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('one request a minute while the scheduler ticks, silence while it does not', async () => {
  const { world, minute } = open();
  await settled();
  expect(world.beats).toEqual([URL_WITH_KEY]);
  await minute(true);
  expect(world.beats).toHaveLength(2);
  await minute(false);
  await minute(false);
  expect(world.beats).toHaveLength(2);
  await minute(true);
  expect(world.beats).toHaveLength(3);
});

test('a watchdog that cannot be reached is told once, without its address, and so is its return', async () => {
  const { world, happenings, minute } = open();
  await settled();
  world.status = 0;
  await minute(true);
  await minute(true);
  world.status = 503;
  await minute(true);
  world.status = 200;
  await minute(true);
  expect(happenings.map(({ type }) => type)).toEqual(['service.failed', 'service.recovered']);
  expect(JSON.stringify(happenings)).not.toContain('secret-key');
});

test('without an address nothing is sent', async () => {
  const { world, minute } = open({ url: null });
  await minute(true);
  expect(world.beats).toEqual([]);
});
