import { describe, expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { LEASE_MS, LeaseKeeper } from './lease-keeper.ts';
import { NOON } from './testing/houses.ts';

const SECOND = 1000;

function keeper(p: { nodes?: 'one' | 'many'; answer?: (tokens: readonly string[]) => Promise<string[]> } = {}) {
  const clock = new ManualClock(NOON);
  const givenUp: string[] = [];
  const asked: (readonly string[])[] = [];
  const leases = new LeaseKeeper({
    clock,
    node: 'node-a',
    giveUp: (token) => givenUp.push(token),
    store: {
      capabilities: { nodes: p.nodes ?? 'many' },
      renewLeases: ({ tokens }) => {
        asked.push(tokens);
        return p.answer?.(tokens) ?? Promise.resolve([]);
      },
    },
  });
  const claim = (token: string): void => leases.granted({ token, askedAtMs: clock.monotonicMs() });
  return { clock, leases, givenUp, asked, claim };
}

describe('a claim on a store of several nodes', () => {
  test('that is renewed in time is kept', async () => {
    const { clock, leases, givenUp, claim } = keeper();
    claim('t1');
    for (let round = 0; round < 10; round += 1) {
      clock.advance(10 * SECOND);
      await leases.renew();
    }
    expect(givenUp).toEqual([]);
  });

  test('is given up by the node itself while its lease still lasts, when the store does not answer', () => {
    const { clock, leases, givenUp, claim } = keeper({ answer: () => new Promise(() => {}) });
    claim('t1');
    clock.advance(10 * SECOND);
    void leases.renew();
    clock.advance(LEASE_MS - 21 * SECOND);
    expect(givenUp).toEqual([]);
    clock.advance(2 * SECOND);
    expect(givenUp).toEqual(['t1']);
  });

  test("that is somebody else's by now is given up, and the others are kept", async () => {
    const { leases, givenUp, claim } = keeper({ answer: () => Promise.resolve(['t1']) });
    claim('t1');
    claim('t2');
    await leases.renew();
    expect(givenUp).toEqual(['t1']);
    expect(await leases.mayStart('t2')).toBe(true);
  });

  test('may start an agent without asking while it is fresh', async () => {
    const { leases, asked, claim } = keeper();
    claim('t1');
    expect(await leases.mayStart('t1')).toBe(true);
    expect(asked).toEqual([]);
  });

  test('of a process that was frozen starts nothing', async () => {
    const { clock, leases, givenUp, claim } = keeper({ answer: (tokens) => Promise.resolve([...tokens]) });
    claim('t1');
    clock.advance(60 * SECOND);
    expect(givenUp).toEqual(['t1']);
    expect(await leases.mayStart('t1')).toBe(false);
  });
});

test('where one process owns the store, a night of sleep costs no claim', async () => {
  const { clock, leases, givenUp, claim } = keeper({ nodes: 'one' });
  claim('t1');
  clock.advance(8 * 3600 * SECOND);
  expect(givenUp).toEqual([]);
  expect(await leases.mayStart('t1')).toBe(true);
});
