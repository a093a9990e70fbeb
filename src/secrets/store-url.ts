/** The URL of the store, which may be a reference to where it is kept. */
import { AppError } from '../errors/app-error.ts';
import type { Redactor } from './redactor.ts';
import { SecretReferences, SecretUnavailable, isSecretReference } from './secret-references.ts';

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
