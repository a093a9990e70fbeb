/** Contract: which packages were added. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PackageRecord } from '../../src/model/package-record.ts';
import type { Store } from '../../src/store/store.ts';
import { type OpenStore, type StoreUnderTest, T0 } from './store-fixture.ts';

export function describePackages(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  describe('packages', () => {
    const record = (name: string, parts: Partial<PackageRecord> = {}): PackageRecord => ({
      name,
      version: '1.0.0',
      kind: 'folder',
      spec: `/src/${name}`,
      path: `/src/${name}`,
      added_at: T0,
      ...parts,
    });

    test('are listed by name, replaced by name, and deleted', async () => {
      await store.putPackage({ record: record('b') });
      await store.putPackage({ record: record('a', { kind: 'npm', spec: 'a@1' }) });
      await store.putPackage({ record: record('b', { version: '2.0.0' }) });
      store = await opened.reopen();
      expect(await store.listPackages()).toEqual([
        record('a', { kind: 'npm', spec: 'a@1' }),
        record('b', { version: '2.0.0' }),
      ]);
      expect(await store.deletePackage({ name: 'b' })).toEqual({ outcome: 'deleted' });
      expect(await store.deletePackage({ name: 'b' })).toEqual({ outcome: 'not_found' });
      expect((await store.listPackages()).map(({ name }) => name)).toEqual(['a']);
    });
  });
}
