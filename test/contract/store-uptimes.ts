/** Contract: when daemons were at work on a store. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { UPTIME_KEPT_MS } from '../../src/store/uptime-store.ts';
import type { OpenStore, StoreUnderTest } from './store-fixture.ts';
import { MINUTE, T0 } from './store-fixture.ts';

export function describeUptimes(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  const note = (instance: string, now: number) => store.noteUptime({ now, instance, silence_ms: MINUTE });
  const spans = async (since = 0) =>
    (await store.listUptimes({ since })).map(({ instance, from, until }) => [instance, from - T0, until - T0]);

  describe('the time that a daemon was at work', () => {
    test('reaches from its first sign of life to its last', async () => {
      await note('a', T0);
      await note('a', T0 + MINUTE);
      await note('a', T0 + 2 * MINUTE);
      expect(await spans()).toEqual([['a', 0, 2 * MINUTE]]);
    });
    test('is two spans where it was silent in between, although it is the same process', async () => {
      await note('a', T0);
      await note('a', T0 + 10 * MINUTE);
      await note('a', T0 + 11 * MINUTE);
      expect(await spans()).toEqual([
        ['a', 0, 0],
        ['a', 10 * MINUTE, 11 * MINUTE],
      ]);
    });
    test('is told apart by instance, and listed from an instant on', async () => {
      await note('a', T0);
      await note('b', T0 + MINUTE);
      await note('b', T0 + 2 * MINUTE);
      expect(await spans()).toEqual([
        ['a', 0, 0],
        ['b', MINUTE, 2 * MINUTE],
      ]);
      expect(await spans(T0 + 2 * MINUTE)).toEqual([['b', MINUTE, 2 * MINUTE]]);
    });
    test('is not shortened by a clock that went back', async () => {
      await note('a', T0 + MINUTE);
      await note('a', T0);
      expect(await spans()).toEqual([['a', MINUTE, MINUTE]]);
    });
    test('is forgotten after a while', async () => {
      await note('a', T0);
      await note('b', T0 + UPTIME_KEPT_MS + 1);
      expect(await spans()).toEqual([['b', UPTIME_KEPT_MS + 1, UPTIME_KEPT_MS + 1]]);
    });
  });
}
