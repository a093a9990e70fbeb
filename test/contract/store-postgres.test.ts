// The PostgreSQL adapter against the contract, on a real server.
import pg from 'pg';
import { afterAll, vi } from 'vitest';
import { systemClock } from '../../src/clock/clock.ts';
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts';
import type { Store } from '../../src/store/store.ts';
import { emptyDatabase, testDatabase } from '../postgres/test-database.ts';
import type { StoreUnderTest } from './store-fixture.ts';
import { describeStoreContract } from './store.ts';

// Every step is a journey to a server that shares the machine with all other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** One database for the whole file, emptied after each test; the store stays open where the test left it so. */
let shared: { url: string; client: pg.Client } | undefined;
let kept: Store | undefined;

async function openStore(): Promise<StoreUnderTest> {
  const { url, client } = (shared ??= await connect());
  const open = (node: string): Promise<Store> => openPostgresStore({ url, node, clock: systemClock() });
  let store = kept ?? (await open('node-a'));
  kept = undefined;
  return {
    store,
    async reopen() {
      await store.close();
      store = await open('node-b');
      return store;
    },
    async dispose() {
      await emptyDatabase(client);
      if (await isOpen(store)) kept = store;
    },
  };
}

async function connect(): Promise<{ url: string; client: pg.Client }> {
  const url = await testDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return { url, client };
}

function isOpen(store: Store): Promise<boolean> {
  return store.readCounts().then(
    () => true,
    () => false,
  );
}

afterAll(async () => {
  await kept?.close();
  await shared?.client.end();
});

describeStoreContract('postgres', openStore);
