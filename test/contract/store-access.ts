/** Contract: credentials, found by the hash of their secret. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Credential } from '../../src/model/credential.ts';
import type { Store } from '../../src/store/store.ts';
import { MINUTE, type OpenStore, type StoreUnderTest, T0 } from './store-fixture.ts';

export function describeAccess(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  const credential = (id: string, parts: Partial<Credential> = {}): Credential => ({
    id,
    kind: 'token',
    name: id,
    scopes: ['read', 'events:deploy.'],
    created_at: T0,
    created_by: 'user:cli',
    ...parts,
  });
  const create = (id: string, parts: Partial<Credential> = {}) =>
    store.createCredential({ credential: credential(id, parts), secret_hash: `hash of ${id}` });
  const ids = async (kinds: Credential['kind'][] = ['token', 'page', 'link', 'run']): Promise<string[]> =>
    (await store.listCredentials({ kinds, limit: 100 })).map(({ id }) => id);

  describe('credentials', () => {
    test('are found by hash and by id as they were created, also after a restart', async () => {
      const whole = { expires_at: T0 + MINUTE, idle_ms: 1000, last_used_at: T0 + 1, run_id: 'run_1' };
      await create('a');
      await create('b', { kind: 'run', scopes: [], ...whole });
      store = await opened.reopen();
      expect(await store.findCredential({ secret_hash: 'hash of a' })).toEqual(credential('a'));
      expect(await store.getCredential({ id: 'b' })).toEqual(credential('b', { kind: 'run', scopes: [], ...whole }));
      expect(await store.findCredential({ secret_hash: 'a' })).toBeUndefined();
      expect(await store.getCredential({ id: 'hash of a' })).toBeUndefined();
    });

    test('of kind token have names of their own; others share them', async () => {
      expect(await create('a', { name: 'ci' })).toEqual({ outcome: 'created' });
      expect(await create('b', { name: 'ci' })).toEqual({ outcome: 'token_name_taken' });
      expect(await store.getCredential({ id: 'b' })).toBeUndefined();
      expect(await create('c', { name: 'ci', kind: 'page' })).toEqual({ outcome: 'created' });
      expect(await create('d', { name: 'ci', kind: 'page' })).toEqual({ outcome: 'created' });
    });

    test('are listed by kind and name, bounded', async () => {
      await create('z', { name: 'a' });
      await create('y', { name: 'b' });
      await create('x', { kind: 'page', name: 'a' });
      expect(await ids()).toEqual(['x', 'z', 'y']);
      expect(await ids(['token'])).toEqual(['z', 'y']);
      expect(await ids(['link'])).toEqual([]);
      expect(await store.listCredentials({ kinds: ['token', 'page'], limit: 2 })).toHaveLength(2);
    });

    test('are gone when revoked, and their name is free again', async () => {
      await create('a', { name: 'ci' });
      expect(await store.revokeCredential({ id: 'a' })).toEqual({ outcome: 'revoked' });
      expect(await store.revokeCredential({ id: 'a' })).toEqual({ outcome: 'not_found' });
      expect(await store.findCredential({ secret_hash: 'hash of a' })).toBeUndefined();
      expect(await create('b', { name: 'ci' })).toEqual({ outcome: 'created' });
    });

    test('remember their last use, which never goes back', async () => {
      await create('a');
      const lastUse = async () => (await store.getCredential({ id: 'a' }))?.last_used_at;
      await store.noteCredentialUse({ id: 'a', at: T0 + 5 });
      expect(await lastUse()).toBe(T0 + 5);
      await store.noteCredentialUse({ id: 'a', at: T0 + 4 });
      expect(await lastUse()).toBe(T0 + 5);
      await store.noteCredentialUse({ id: 'nobody', at: T0 });
    });

    test('change their secret and their end, and keep all else', async () => {
      await create('a', { expires_at: T0 + 1 });
      const rotated = await store.rotateCredential({ id: 'a', secret_hash: 'new', expires_at: null });
      expect(rotated).toEqual({ outcome: 'rotated', credential: credential('a') });
      expect(await store.findCredential({ secret_hash: 'hash of a' })).toBeUndefined();
      expect(await store.findCredential({ secret_hash: 'new' })).toEqual(credential('a'));
      const nobody = await store.rotateCredential({ id: 'x', secret_hash: 'newer', expires_at: null });
      expect(nobody).toEqual({ outcome: 'not_found' });
    });

    test('are exchanged once, however many try', async () => {
      await create('link', { kind: 'link' });
      const exchange = (id: string) =>
        store.exchangeCredential({
          spent_hash: 'hash of link',
          admit: (spent) => credential(id, { kind: 'page', name: spent.id }),
          secret_hash: `hash of ${id}`,
        });
      const outcomes = await Promise.all(['a', 'b', 'c'].map(exchange));
      expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['exchanged', 'lost', 'lost']);
      const pages = await store.listCredentials({ kinds: ['link', 'page'], limit: 10 });
      expect(pages).toMatchObject([{ kind: 'page', name: 'link' }]);
    });

    test('stay when whoever judges the exchange refuses', async () => {
      await create('link', { kind: 'link' });
      const refused = await store.exchangeCredential({
        spent_hash: 'hash of link',
        admit: () => undefined,
        secret_hash: 'x',
      });
      expect(refused).toEqual({ outcome: 'lost' });
      expect(await ids()).toEqual(['link']);
    });

    test('are forgotten when their end or their idle time has come, and not before', async () => {
      await create('for-good');
      await create('ends', { expires_at: T0 + 10 });
      await create('idles', { idle_ms: 10 });
      await create('used', { idle_ms: 10, last_used_at: T0 + 5 });
      await create('both', { expires_at: T0 + 100, idle_ms: 10 });
      expect(await store.forgetExpiredCredentials({ until: T0 + 9, limit: 100 })).toBe(0);
      expect(await store.forgetExpiredCredentials({ until: T0 + 10, limit: 2 })).toBe(2);
      expect(await store.forgetExpiredCredentials({ until: T0 + 10, limit: 100 })).toBe(1);
      expect(await ids()).toEqual(['for-good', 'used']);
      expect(await store.forgetExpiredCredentials({ until: T0 + 15, limit: 100 })).toBe(1);
      expect(await ids()).toEqual(['for-good']);
    });
  });
}
