/** Contract: deliveries with their activations in one step, repetitions by keys, refusals within bounds. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AcceptedDelivery,
  DELIVERY_KEYS_KEPT_MS,
  type NewDelivery,
  type Refusal,
  REFUSALS_PER_ENDPOINT_MAX,
} from '../../src/store/delivery-store.ts';
import type { Store } from '../../src/store/store.ts';
import { newActivation, plainDecider } from './activation-fixture.ts';
import { allRuns, type OpenStore, placeAt, type StoreUnderTest, T0, trigger } from './store-fixture.ts';

const DAY = 86_400_000;

export function describeDeliveries(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
    const automation = trigger('trg_deploy', {
      event: 'webhook',
      webhook_id: 'wbh_1',
      endpoint_slug: 'deploy',
      webhook_secret_ref: 'env:S',
    });
    await store.createAutomation({ now: T0, automation, placeCursor: placeAt(undefined) });
  });
  afterEach(() => opened.dispose());

  const delivery = (id: string, parts: Partial<NewDelivery> = {}): NewDelivery => ({
    id,
    result: 'accepted',
    status: 202,
    trigger_id: 'trg_deploy',
    endpoint: 'deploy--wbh_1',
    bytes: 2,
    keys: [`signed:${id}`, `id:${id}`],
    activation: newActivation({
      id: `evt_${id}`,
      kind: 'webhook',
      source: 'webhook',
      addressed_to: 'trg_deploy',
      data: { delivery_id: id },
    }),
    ...parts,
  });
  const take = (deliveries: NewDelivery[], now = T0): Promise<AcceptedDelivery[]> =>
    store.acceptDeliveries({ now, deliveries, daily_since: null, decider: plainDecider });
  const refusal = (id: string, parts: Partial<Refusal> = {}): Refusal => ({
    id,
    status: 401,
    reason: 'webhook_signature_invalid',
    detail: 'it does not fit',
    scope: 'global',
    endpoint: 'deploy--wbh_1',
    trigger_id: 'trg_deploy',
    received_at: T0,
    bytes: 5,
    count: 1,
    last_at: T0,
    ...parts,
  });
  const ids = async (query: Parameters<Store['listDeliveries']>[0]['query'] = {}): Promise<string[]> =>
    (await store.listDeliveries({ query })).items.map((item) => item.id);

  describe('endpoints', () => {
    test('are found by their id, with the switch that counts', async () => {
      expect(await store.findEndpoint({ webhook_id: 'wbh_1' })).toMatchObject({
        trigger: { id: 'trg_deploy', endpoint_slug: 'deploy' },
        enabled: true,
      });
      expect(await store.findEndpoint({ webhook_id: 'wbh_2' })).toBeUndefined();
      await store.updateAutomation({
        now: T0,
        id: 'trg_deploy',
        change: (current) => ({ automation: { ...current, enabled: false } }),
        placeCursor: placeAt(undefined),
      });
      expect(await store.findEndpoint({ webhook_id: 'wbh_1' })).toMatchObject({ enabled: false });
    });
  });

  describe('deliveries', () => {
    test('are stored with their activation and runs in one step, and found after a restart', async () => {
      const [answer] = await take([delivery('dlv_1', { event: 'push', sender_id: 'abc', sent_at: T0 - 5 })]);
      expect(answer).toMatchObject({
        outcome: 'stored',
        delivery: {
          id: 'dlv_1',
          result: 'accepted',
          scope: 'global',
          received_at: T0,
          sent_at: T0 - 5,
          sender_id: 'abc',
          event: 'push',
          event_id: 'evt_dlv_1',
          matched: 1,
          repeats: 0,
        },
        accepted: { outcome: 'stored', runs: [{ trigger_id: 'trg_deploy', event_id: 'evt_dlv_1' }] },
      });
      store = await opened.reopen();
      const stored = await store.getDelivery({ id: 'dlv_1' });
      expect(stored).toEqual(answer?.outcome === 'stored' ? answer.delivery : undefined);
      expect(stored?.run_ids).toEqual((await allRuns(store)).map((run) => run.id));
      expect(await store.getActivation({ id: 'evt_dlv_1' })).toMatchObject({ data: { delivery_id: 'dlv_1' } });
    });

    test.each([
      ['what was signed', ['signed:dlv_1', 'id:other']],
      ['the id of the sender', ['signed:other', 'id:dlv_1']],
    ])('that repeat %s start nothing and are counted on the first', async (_, keys) => {
      await take([delivery('dlv_1')]);
      const [again] = await take([delivery('dlv_2', { keys })], T0 + 50);
      expect(again).toMatchObject({
        outcome: 'duplicate',
        delivery: { id: 'dlv_1', repeats: 1, last_repeat_at: T0 + 50, event_id: 'evt_dlv_1' },
      });
      expect(await allRuns(store)).toHaveLength(1);
      expect(await store.getActivation({ id: 'evt_dlv_2' })).toBeUndefined();
      expect(await ids()).toEqual(['dlv_1']);
    });

    test('that come twice within one step are one', async () => {
      const answers = await take([delivery('dlv_1'), delivery('dlv_2', { keys: ['id:dlv_1'] }), delivery('dlv_3')]);
      expect(answers.map((answer) => answer.outcome)).toEqual(['stored', 'duplicate', 'stored']);
      expect(await allRuns(store)).toHaveLength(2);
    });

    test('the step repeated changes nothing and counts nothing', async () => {
      await take([delivery('dlv_1')]);
      const [again] = await take([delivery('dlv_1')]);
      expect(again).toMatchObject({ outcome: 'duplicate', delivery: { id: 'dlv_1', repeats: 0 } });
    });

    test('of another trigger with the same keys are others', async () => {
      const other = trigger('trg_other', { event: 'webhook', webhook_id: 'wbh_2', webhook_secret_ref: 'env:S' });
      await store.createAutomation({ now: T0, automation: other, placeCursor: placeAt(undefined) });
      await take([delivery('dlv_1')]);
      const [answer] = await take([delivery('dlv_2', { keys: ['id:dlv_1'], trigger_id: 'trg_other' })]);
      expect(answer).toMatchObject({ outcome: 'stored' });
    });

    test('of a trigger that was deleted or switched off meanwhile are not taken', async () => {
      expect(await take([delivery('dlv_1', { trigger_id: 'trg_gone' })])).toEqual([{ outcome: 'gone' }]);
      await store.updateAutomation({
        now: T0,
        id: 'trg_deploy',
        change: (current) => ({ automation: { ...current, enabled: false } }),
        placeCursor: placeAt(undefined),
      });
      expect(await take([delivery('dlv_2')])).toEqual([{ outcome: 'gone' }]);
      expect(await ids()).toEqual([]);
    });

    test('that were only answered become no activation, and are known again', async () => {
      const { activation: _none, ...challenge } = delivery('dlv_1', { result: 'answered', status: 200 });
      expect(await take([challenge])).toMatchObject([{ outcome: 'stored', delivery: { result: 'answered' } }]);
      expect(await take([{ ...challenge, id: 'dlv_2' }])).toMatchObject([{ outcome: 'duplicate' }]);
      expect(await allRuns(store)).toEqual([]);
    });

    test('are known again after they left the history, until their keys are very old', async () => {
      await take([delivery('dlv_1'), delivery('dlv_2')]);
      expect(await store.pruneDeliveries({ now: T0 + 40 * DAY, before: T0 + 1, limit: 10 })).toEqual({ deleted: 2 });
      expect(await ids()).toEqual([]);
      const [again] = await take([delivery('dlv_3', { keys: ['id:dlv_1'] })], T0 + 40 * DAY);
      expect(again).toMatchObject({ outcome: 'duplicate', delivery: { id: 'dlv_1', received_at: T0 } });
      const late = T0 + DELIVERY_KEYS_KEPT_MS + 1;
      await store.pruneDeliveries({ now: late, before: T0, limit: 10 });
      expect(await take([delivery('dlv_4', { keys: ['id:dlv_1'] })], late)).toMatchObject([{ outcome: 'stored' }]);
    });

    test('pruning takes the oldest first, and no more than it was told', async () => {
      for (const number of [1, 2, 3]) await take([delivery(`dlv_${number}`)], T0 + number);
      expect(await store.pruneDeliveries({ now: T0, before: T0 + 3, limit: 1 })).toEqual({ deleted: 1 });
      expect(await ids()).toEqual(['dlv_3', 'dlv_2']);
      expect(await store.pruneDeliveries({ now: T0, before: T0 + 3, limit: 10 })).toEqual({ deleted: 1 });
      expect(await ids()).toEqual(['dlv_3']);
    });
  });

  describe('refusals', () => {
    test('share a row by its id, which counts them', async () => {
      await store.recordRefusals({ refusals: [refusal('dlv_1')] });
      await store.recordRefusals({ refusals: [refusal('dlv_1', { received_at: T0 + 5, count: 3, last_at: T0 + 9 })] });
      expect(await store.getDelivery({ id: 'dlv_1' })).toEqual({
        id: 'dlv_1',
        result: 'refused',
        status: 401,
        reason: 'webhook_signature_invalid',
        detail: 'it does not fit',
        scope: 'global',
        endpoint: 'deploy--wbh_1',
        trigger_id: 'trg_deploy',
        received_at: T0,
        bytes: 5,
        repeats: 3,
        last_repeat_at: T0 + 9,
      });
    });

    test('beyond the bound make room for newer ones, and never push out what was accepted', async () => {
      await take([delivery('dlv_kept')], T0 - 1000);
      const refusals = Array.from({ length: REFUSALS_PER_ENDPOINT_MAX + 5 }, (_, index) =>
        refusal(`dlv_${String(index).padStart(5, '0')}`, { received_at: T0 + index }),
      );
      await store.recordRefusals({ refusals: [refusal('dlv_other', { endpoint: 'other', received_at: T0 - 5 })] });
      await store.recordRefusals({ refusals });
      expect(await store.getDelivery({ id: 'dlv_00004' })).toBeUndefined();
      expect(await store.getDelivery({ id: 'dlv_00005' })).toBeDefined();
      expect(await store.getDelivery({ id: 'dlv_other' })).toBeDefined();
      expect(await store.getDelivery({ id: 'dlv_kept' })).toBeDefined();
    });
  });

  describe('lists of deliveries', () => {
    test('are newest first, filtered, and page while rows come', async () => {
      for (const number of [1, 2, 3, 4]) await take([delivery(`dlv_${number}`)], T0 + number);
      await store.recordRefusals({ refusals: [refusal('dlv_r', { received_at: T0 + 2 })] });
      expect(await ids()).toEqual(['dlv_4', 'dlv_3', 'dlv_r', 'dlv_2', 'dlv_1']);
      expect(await ids({ result: 'refused' })).toEqual(['dlv_r']);
      expect(await ids({ trigger_id: 'trg_deploy', since: T0 + 2, until: T0 + 4 })).toEqual([
        'dlv_3',
        'dlv_r',
        'dlv_2',
      ]);
      const first = await store.listDeliveries({ query: { limit: 2 } });
      expect(first.items.map((item) => item.id)).toEqual(['dlv_4', 'dlv_3']);
      await take([delivery('dlv_5')], T0 + 9);
      const second = await store.listDeliveries({ query: { limit: 3, cursor: first.next_cursor! } });
      expect(second.items.map((item) => item.id)).toEqual(['dlv_r', 'dlv_2', 'dlv_1']);
      expect(second.next_cursor).toBeUndefined();
      await expect(store.listDeliveries({ query: { cursor: 'nonsense' } })).rejects.toMatchObject({
        code: 'invalid_cursor',
      });
    });
  });
}
