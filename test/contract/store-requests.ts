/** Contract: records of changes, and requests that are sent twice and happen once. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChangeRecord } from '../../src/model/change-record.ts';
import type { KeyedRequest, KeptReply } from '../../src/store/request-store.ts';
import type { Store } from '../../src/store/store.ts';
import { MINUTE, type OpenStore, type StoreUnderTest, T0 } from './store-fixture.ts';

export function describeRequests(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  const record = (id: string, parts: Partial<ChangeRecord> = {}): ChangeRecord => ({
    id,
    at: T0,
    actor: 'user:cli',
    operation: 'createJob',
    outcome: 'begun',
    ...parts,
  });
  const key = (parts: Partial<KeyedRequest> = {}): KeyedRequest => ({
    key_hash: 'key',
    request_hash: 'request',
    node: 'node-a',
    expires_at: T0 + MINUTE,
    ...parts,
  });
  const reply: KeptReply = { status: 201, headers: { etag: '"1"' }, body: '{"job":"ü"}' };
  const list = async (query: Parameters<Store['listChangeRecords']>[0]['query'] = {}): Promise<string[]> =>
    (await store.listChangeRecords({ query })).items.map(({ id }) => id);

  describe('records of changes', () => {
    test('say what was begun and what became of it, also after a restart', async () => {
      const whole = { credential_id: 'crd_1', target: 'job_1' };
      await store.beginRequest({ now: T0, record: record('a', whole) });
      await store.beginRequest({ now: T0, record: record('b') });
      await store.beginRequest({ now: T0, record: record('c') });
      await store.finishRequest({ record: { id: 'b', outcome: 'done', status: 201 } });
      await store.finishRequest({ record: { id: 'c', outcome: 'refused', status: 409, code: 'job_name_taken' } });
      store = await opened.reopen();
      expect((await store.listChangeRecords({ query: {} })).items).toEqual([
        record('c', { outcome: 'refused', status: 409, code: 'job_name_taken' }),
        record('b', { outcome: 'done', status: 201 }),
        record('a', whole),
      ]);
    });

    test('are found by time, actor, operation and target, and come page by page', async () => {
      for (const [index, id] of ['a', 'b', 'c', 'd', 'e'].entries()) {
        const parts = { at: T0 + index, actor: id === 'c' ? 'token:ci' : 'user:cli' };
        await store.beginRequest({ now: T0, record: record(id, { ...parts, target: `job_${index % 2}` }) });
      }
      expect(await list()).toEqual(['e', 'd', 'c', 'b', 'a']);
      expect(await list({ since: T0 + 1, until: T0 + 3 })).toEqual(['c', 'b']);
      expect(await list({ actor: 'token:ci' })).toEqual(['c']);
      expect(await list({ target: 'job_1' })).toEqual(['d', 'b']);
      expect(await list({ operation: 'deleteJob' })).toEqual([]);
      const first = await store.listChangeRecords({ query: { limit: 2 } });
      const cursor = first.next_cursor!;
      await store.beginRequest({ now: T0, record: record('f') });
      expect(await list({ limit: 2, cursor })).toEqual(['c', 'b']);
      await expect(list({ cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_cursor' });
    });

    test('are pruned by age, oldest first, bounded', async () => {
      for (const [index, id] of ['a', 'b', 'c'].entries()) {
        await store.beginRequest({ now: T0, record: record(id, { at: T0 + index }) });
      }
      expect(await store.pruneChangeRecords({ before: T0 + 2, limit: 1 })).toBe(1);
      expect(await list()).toEqual(['c', 'b']);
      expect(await store.pruneChangeRecords({ before: T0 + 2, limit: 10 })).toBe(1);
      expect(await list()).toEqual(['c']);
    });
  });

  describe('a request with a key', () => {
    test('is begun once and answered the same way again, without a second record', async () => {
      const begin = (id: string) => store.beginRequest({ now: T0, record: record(id), key: key() });
      expect(await begin('a')).toEqual({ outcome: 'begun' });
      expect(await begin('b')).toEqual({ outcome: 'under_way' });
      await store.finishRequest({ key: { key_hash: 'key', end: { keep: reply } } });
      expect(await begin('c')).toEqual({ outcome: 'answered', reply });
      store = await opened.reopen();
      expect(await begin('d')).toEqual({ outcome: 'answered', reply });
      expect(await list()).toEqual(['a']);
    });

    test('of several that come at once begins one', async () => {
      const outcomes = await Promise.all([1, 2, 3].map(() => store.beginRequest({ now: T0, key: key() })));
      expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['begun', 'under_way', 'under_way']);
    });

    test('is told from another one under the same key', async () => {
      await store.beginRequest({ now: T0, key: key() });
      const other = await store.beginRequest({ now: T0, key: key({ request_hash: 'other' }) });
      expect(other).toEqual({ outcome: 'reused' });
    });

    test('that another process began and never answered has an unknown outcome', async () => {
      await store.beginRequest({ now: T0, key: key() });
      expect(await store.beginRequest({ now: T0, key: key({ node: 'node-b' }) })).toEqual({ outcome: 'unknown' });
      await store.finishRequest({ key: { key_hash: 'key', end: 'leave' } });
      expect(await store.beginRequest({ now: T0, key: key({ node: 'node-b' }) })).toEqual({ outcome: 'unknown' });
    });

    test('that came to nothing frees its key', async () => {
      await store.beginRequest({ now: T0, key: key() });
      await store.finishRequest({ key: { key_hash: 'key', end: 'forget' } });
      expect(await store.beginRequest({ now: T0, key: key({ request_hash: 'other' }) })).toEqual({ outcome: 'begun' });
    });

    test('is forgotten when its time has come', async () => {
      await store.beginRequest({ now: T0, key: key() });
      await store.finishRequest({ key: { key_hash: 'key', end: { keep: reply } } });
      const late = { key: key({ expires_at: T0 + 9 * MINUTE }) };
      expect(await store.beginRequest({ now: T0 + MINUTE - 1, ...late })).toEqual({ outcome: 'answered', reply });
      expect(await store.beginRequest({ now: T0 + MINUTE, ...late })).toEqual({ outcome: 'begun' });
    });
  });
}
