import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import type { StoreUnderTest } from './store-fixture.ts';
import { T0 } from './store-fixture.ts';
import { describeStoreContract } from './store.ts';

async function openStore(): Promise<StoreUnderTest> {
  const home = await mkdtemp(path.join(tmpdir(), 'rouse-store-'));
  let store = await openSqliteStore({ home, node: 'node-a', now: T0 });
  return {
    store,
    async reopen() {
      await store.close();
      store = await openSqliteStore({ home, node: 'node-b', now: T0 });
      return store;
    },
    async dispose() {
      await store.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

describeStoreContract('sqlite', openStore);
