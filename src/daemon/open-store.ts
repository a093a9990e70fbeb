/** Opens the store that the configuration names: a file in the home, or a server that several nodes share. */
import type { Redactor } from '../secrets/redactor.ts';
import { resolveStoreUrl } from '../secrets/store-url.ts';
import type { Clock } from '../clock/clock.ts';
import { openPostgresStore } from '../store/postgres/open-postgres-store.ts';
import { lockHome } from '../store/sqlite/home-lock.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import type { Store } from '../store/store.ts';

/** A home has one daemon, also when its rows are elsewhere: its files, its token and its work folder are here. */
export async function openStore(p: {
  /** `[store] url`. */
  url: string;
  home: string;
  /** Names this instance. */
  node: string;
  clock: Clock;
  environment: Readonly<Record<string, string | undefined>>;
  redactor: Redactor;
}): Promise<Store> {
  const { home, node, clock } = p;
  if (p.url === 'sqlite') return openSqliteStore({ home, node, now: clock.now(), threads: true });
  const url = await resolveStoreUrl(p);
  const lock = lockHome(home);
  try {
    const store = await openPostgresStore({ url, node, clock });
    const close = async (): Promise<void> => {
      await store.close();
      lock.release();
    };
    return new Proxy(store, {
      get: (target, name) => (name === 'close' ? close : (Reflect.get(target, name) as unknown)),
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}
