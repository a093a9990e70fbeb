/** Contract: the daemons that share a store. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import type { OpenStore, StoreUnderTest } from './store-fixture.ts';
import { MINUTE, T0 } from './store-fixture.ts';

export function describeNodes(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  const announce = (name: string, instance: string, now = T0, parts: object = {}) =>
    store.announceNode({
      now,
      alive_ms: 30_000,
      node: {
        name,
        instance,
        version: '1.0.0',
        labels: ['gpu', 'eu'],
        url: 'http://a',
        started_at: T0,
        running: 2,
        cap: 3,
        ...parts,
      },
    });
  const names = async (): Promise<string[]> => (await store.listNodes()).map((node) => node.name);

  describe('a node', () => {
    test('is listed as it announced itself, and its next sign of life replaces the one before', async () => {
      expect(await announce('b', 'b1')).toMatchObject({ outcome: 'announced' });
      await announce('a', 'a1');
      await announce('b', 'b1', T0 + MINUTE, { running: 0, labels: [] });
      expect(await store.listNodes()).toMatchObject([
        {
          name: 'a',
          instance: 'a1',
          version: '1.0.0',
          labels: ['eu', 'gpu'],
          heartbeat_at: T0,
          running: 2,
          cap: 3,
          draining: false,
        },
        { name: 'b', instance: 'b1', labels: [], heartbeat_at: T0 + MINUTE, running: 0 },
      ]);
    });

    test('of a name that a living one has is refused, and comes in when that one is silent or has left', async () => {
      await announce('a', 'a1');
      expect(await announce('a', 'a2', T0 + 29_999)).toMatchObject({
        outcome: 'node_name_taken',
        node: { instance: 'a1' },
      });
      expect(await announce('a', 'a2', T0 + 30_000)).toMatchObject({ outcome: 'announced', node: { instance: 'a2' } });
      expect(await announce('a', 'a1', T0 + 30_001)).toMatchObject({ outcome: 'node_name_taken' });
      await store.leaveNode({ name: 'a', instance: 'a1' });
      expect(await names()).toEqual(['a']);
      await store.leaveNode({ name: 'a', instance: 'a2' });
      expect(await names()).toEqual([]);
      expect(await announce('a', 'a3', T0 + 30_002)).toMatchObject({ outcome: 'announced' });
    });

    test('of two that come at once one is told', async () => {
      const answers = await Promise.all(['x1', 'x2', 'x3'].map((instance) => announce('x', instance)));
      expect(answers.filter((answer) => answer.outcome === 'announced')).toHaveLength(1);
    });

    test('stays drained until somebody says otherwise, also over restarts', async () => {
      await announce('a', 'a1');
      const drain = (draining: boolean) => store.setNodeDraining({ name: 'a', draining, by: 'user:x' });
      expect(await drain(true)).toMatchObject({ outcome: 'set', node: { draining: true, drained_by: 'user:x' } });
      await store.leaveNode({ name: 'a', instance: 'a1' });
      expect(await announce('a', 'a2', T0 + 1)).toMatchObject({ outcome: 'announced', node: { draining: true } });
      expect((await drain(false)) as object).not.toHaveProperty('node.drained_by');
      expect(await store.setNodeDraining({ name: 'b', draining: true, by: 'user:x' })).toEqual({
        outcome: 'not_found',
      });
    });

    test('that is gone can be forgotten with its drain; one that lives cannot', async () => {
      await announce('a', 'a1');
      await store.setNodeDraining({ name: 'a', draining: true, by: 'user:x' });
      const forget = (now: number, name = 'a') => store.forgetNode({ now, name, alive_ms: 30_000 });
      expect(await forget(T0 + 29_999)).toEqual({ outcome: 'alive' });
      expect(await names()).toEqual(['a']);
      expect(await forget(T0 + 30_000)).toEqual({ outcome: 'forgotten' });
      expect(await forget(T0 + 30_000)).toEqual({ outcome: 'not_found' });
      expect(await announce('a', 'a2', T0 + 30_001)).toMatchObject({ node: { draining: false } });
    });

    test('that nobody has heard of for a week is forgotten', async () => {
      await announce('old', 'o1');
      await announce('a', 'a1', T0 + 8 * 24 * 60 * MINUTE);
      expect(await names()).toEqual(['a']);
    });
  });
}
