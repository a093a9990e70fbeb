/** Opens the store that the configuration names: a file in the home, or a server that several nodes share. */
import { SecretReferences, SecretUnavailable, isSecretReference } from '../secrets/secret-references.ts';
import type { Redactor } from '../secrets/redactor.ts';
import type { Clock } from '../clock/clock.ts';
import { AppError } from '../errors/app-error.ts';
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

/** The password in it leaves neither in a message nor in a log. */
export async function resolveStoreUrl(p: {
  url: string;
  environment: Readonly<Record<string, string | undefined>>;
  redactor: Redactor;
}): Promise<string> {
  const references = new SecretReferences({ ...p, vault: { read: refuseVault } });
  try {
    const url = isSecretReference(p.url) ? await references.resolve(p.url) : p.url;
    const password = URL.parse(url)?.password;
    if (password) p.redactor.remember(decodeURIComponent(password));
    return url;
  } catch (error) {
    if (!(error instanceof SecretUnavailable)) throw error;
    throw new AppError('store_unavailable', { outcome: 'unchanged', reason: `store.url: ${error.message}` });
  }
}

/** The vault is in the store that is to be opened with it. */
function refuseVault(): never {
  throw new SecretUnavailable('the vault is in this very store; name the URL by env: or file:');
}
