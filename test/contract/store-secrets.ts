/** Contract: sealed secrets by name. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { type OpenStore, type StoreUnderTest, T0 } from './store-fixture.ts';

export function describeSecrets(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;
  const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  describe('secrets', () => {
    test('are kept by name, replaced under it, and survive the end of the process', async () => {
      const first = await store.putSecret({ now: T0, name: 'a/b', sealed: bytes(0, 255, 7), key_id: 'k1' });
      expect(first).toEqual({
        outcome: 'created',
        secret: { name: 'a/b', key_id: 'k1', created_at: T0, updated_at: T0 },
      });
      const second = await store.putSecret({ now: T0 + 5, name: 'a/b', sealed: bytes(1), key_id: 'k2' });
      expect(second).toMatchObject({ outcome: 'replaced', secret: { created_at: T0, updated_at: T0 + 5 } });
      store = await opened.reopen();
      const found = await store.getSecret({ name: 'a/b' });
      expect(found).toMatchObject({ name: 'a/b', key_id: 'k2', created_at: T0, updated_at: T0 + 5 });
      expect([...found!.sealed]).toEqual([1]);
      expect(await store.getSecret({ name: 'a' })).toBeUndefined();
    });

    test('are listed in order without what is sealed, and go once', async () => {
      for (const name of ['b', 'a', 'c']) await store.putSecret({ now: T0, name, sealed: bytes(1), key_id: 'k' });
      const listed = await store.listSecrets();
      expect(listed.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
      expect(Object.keys(listed[0]!).toSorted()).toEqual(['created_at', 'key_id', 'name', 'updated_at']);
      expect(await store.deleteSecret({ name: 'b' })).toEqual({ outcome: 'deleted' });
      expect(await store.deleteSecret({ name: 'b' })).toEqual({ outcome: 'not_found' });
      expect((await store.listSecrets()).map(({ name }) => name)).toEqual(['a', 'c']);
    });

    test('are sealed anew all together, those of the key already left alone', async () => {
      await store.putSecret({ now: T0, name: 'a', sealed: bytes(1), key_id: 'old' });
      await store.putSecret({ now: T0, name: 'b', sealed: bytes(2), key_id: 'new' });
      const asked: string[] = [];
      const reseal = ({ name, sealed }: { name: string; sealed: Uint8Array }): Uint8Array => {
        asked.push(name);
        return bytes(...sealed, 9);
      };
      expect(await store.resealSecrets({ key_id: 'new', reseal })).toEqual({ resealed: 1 });
      expect(asked).toEqual(['a']);
      const found = await store.getSecret({ name: 'a' });
      expect(found).toMatchObject({ key_id: 'new', updated_at: T0 });
      expect([...found!.sealed]).toEqual([1, 9]);
    });

    test('when one of them cannot be sealed anew, none is', async () => {
      for (const name of ['a', 'b']) await store.putSecret({ now: T0, name, sealed: bytes(1), key_id: 'old' });
      const reseal = ({ name }: { name: string }): Uint8Array => {
        if (name === 'b') throw new Error('b cannot be opened');
        return bytes(2);
      };
      await expect(store.resealSecrets({ key_id: 'new', reseal })).rejects.toThrow('b cannot be opened');
      const listed = await store.listSecrets();
      expect(listed.map(({ key_id }) => key_id)).toEqual(['old', 'old']);
      expect([...(await store.getSecret({ name: 'a' }))!.sealed]).toEqual([1]);
    });
  });
}
