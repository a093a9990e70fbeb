/** Contract: calls of hooks, made behind a mark, taken when due, ended once. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HookCall } from '../../src/model/hook.ts';
import type { Store } from '../../src/store/store.ts';
import { take } from './activation-fixture.ts';
import { type OpenStore, type StoreUnderTest, T0 } from './store-fixture.ts';

export function describeHooks(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  const plan = (limit = 10, now = T0): Promise<{ planned: number; more: boolean }> =>
    store.planHookCalls({
      now,
      limit,
      decide: (activation) => [
        {
          id: `hkc_${activation.id}`,
          hook: 'notify',
          event: 'automation.run.failed',
          event_id: activation.id,
          run_id: 'run_1',
        },
      ],
    });
  const takeDue = (now = T0, limit = 10): Promise<HookCall[]> => store.takeHookCalls({ now, limit, lease_ms: 1000 });
  const listed = async (): Promise<string[]> =>
    (await store.listHookCalls({ query: {} })).items.map(({ id, state, attempts }) => `${id} ${state} ${attempts}`);

  describe('calls of hooks', () => {
    test('are made for what lies behind the mark, once, also after a restart', async () => {
      await take(store, { id: 'evt_1' });
      await take(store, { id: 'evt_2' });
      expect(await plan(1)).toEqual({ planned: 1, more: true });
      store = await opened.reopen();
      expect(await plan()).toEqual({ planned: 1, more: false });
      expect(await plan()).toEqual({ planned: 0, more: false });
      expect(await listed()).toEqual(['hkc_evt_2 waiting 0', 'hkc_evt_1 waiting 0']);
    });

    test('are not made for what happened while nobody listened', async () => {
      await take(store, { id: 'evt_1' });
      await store.skipHookCalls({ now: T0 });
      await take(store, { id: 'evt_2' });
      await plan();
      expect(await listed()).toEqual(['hkc_evt_2 waiting 0']);
    });

    test('a decision that throws moves nothing', async () => {
      await take(store, { id: 'evt_1' });
      const broken = store.planHookCalls({
        now: T0,
        limit: 5,
        decide: () => {
          throw new Error('broken');
        },
      });
      await expect(broken).rejects.toThrow('broken');
      expect(await plan()).toEqual({ planned: 1, more: false });
    });

    test('are taken by one at a time, and again when the lease has passed', async () => {
      await take(store, { id: 'evt_1' });
      await plan();
      expect(await takeDue()).toMatchObject([{ id: 'hkc_evt_1', hook: 'notify', run_id: 'run_1', attempts: 0 }]);
      expect(await takeDue(T0 + 999)).toEqual([]);
      expect(await store.nextHookCallAt()).toBe(T0 + 1000);
      expect(await takeDue(T0 + 1000)).toHaveLength(1);
      // Whoever knows that the taker is gone need not wait.
      await store.releaseHookCalls({ now: T0 + 1001 });
      expect(await takeDue(T0 + 1001)).toHaveLength(1);
    });

    test('that failed are tried again when it is time, and are over when nothing follows', async () => {
      await take(store, { id: 'evt_1' });
      await plan();
      await takeDue();
      const end = { id: 'hkc_evt_1', state: 'failed', duration_ms: 5, detail: 'no' } as const;
      await store.endHookCall({ now: T0, ...end, next_at: T0 + 50 });
      expect(await listed()).toEqual(['hkc_evt_1 waiting 1']);
      expect(await takeDue(T0 + 49)).toEqual([]);
      expect(await takeDue(T0 + 50)).toHaveLength(1);
      await store.endHookCall({ now: T0 + 60, ...end });
      expect((await store.listHookCalls({ query: {} })).items).toMatchObject([
        { state: 'failed', attempts: 2, ended_at: T0 + 60, duration_ms: 5, detail: 'no' },
      ]);
      expect(await store.nextHookCallAt()).toBeUndefined();
      await store.endHookCall({ now: T0 + 70, ...end, state: 'completed' });
      expect(await listed()).toEqual(['hkc_evt_1 failed 2']);
    });

    test('that are over already are put on record, found and forgotten', async () => {
      const call = (number: number, parts: Partial<HookCall> = {}): HookCall => ({
        id: `hkc_${number}`,
        hook: 'gate',
        event: 'automation.job.pre_fire',
        state: 'completed',
        created_at: T0 + number,
        attempts: 1,
        ended_at: T0 + number + 1,
        run_id: `run_${number}`,
        ...parts,
      });
      for (const number of [1, 2, 3]) await store.recordHookCall({ call: call(number) });
      await store.recordHookCall({ call: call(4, { hook: 'other', state: 'failed' }) });
      const ids = async (query: Parameters<Store['listHookCalls']>[0]['query']): Promise<string[]> =>
        (await store.listHookCalls({ query })).items.map(({ id }) => id);
      expect(await ids({ hook: 'gate' })).toEqual(['hkc_3', 'hkc_2', 'hkc_1']);
      expect(await ids({ state: 'failed' })).toEqual(['hkc_4']);
      expect(await ids({ run_id: 'run_2' })).toEqual(['hkc_2']);
      const first = await store.listHookCalls({ query: { limit: 3 } });
      expect(await ids({ cursor: first.next_cursor! })).toEqual(['hkc_1']);
      await take(store, { id: 'evt_1' });
      await plan();
      expect(await store.pruneHookCalls({ before: T0 + 3, limit: 1 })).toEqual({ deleted: 1 });
      expect(await store.pruneHookCalls({ before: T0 + 3, limit: 10 })).toEqual({ deleted: 1 });
      // What is owed is not forgotten, however old.
      expect(await ids({})).toEqual(['hkc_evt_1', 'hkc_4', 'hkc_3']);
    });
  });
}
