/**
 * The vault: values by name, sealed in the store, opened for whoever resolves a reference and for nobody else. There is
 * no way to read a value back through any surface.
 */
import { AppError } from '../errors/app-error.ts';
import type { EpochMs } from '../model/instant.ts';
import type { SealedSecret, SecretListing, SecretStore } from '../store/secret-store.ts';
import { KeyUnavailable, type MasterKey, type MasterKeys } from './master-key.ts';
import type { Redactor } from './redactor.ts';
import { NONCE_BYTES, seal, unseal } from './sealing.ts';

/** What a reference to the vault begins with. */
export const VAULT_PREFIX = 'vault:automation/';
/** Keys, tokens and certificates are kilobytes. */
export const SECRET_BYTES_MAX = 64 * 1024;

export type VaultReading = { ok: true; value: string } | { ok: false; why: string };

export class Vault {
  readonly #p: {
    store: SecretStore;
    keys: MasterKeys;
    redactor: Redactor;
    randomBytes: (count: number) => Uint8Array;
  };

  constructor(p: {
    store: SecretStore;
    keys: MasterKeys;
    redactor: Redactor;
    randomBytes: (count: number) => Uint8Array;
  }) {
    this.#p = p;
  }

  /** Stores a value, also over an older one. Throws `secret_too_large`, `vault_locked`, `vault_full`. */
  async set(p: { now: EpochMs; name: string; value: string }): Promise<{ created: boolean; secret: SecretListing }> {
    const bytes = Buffer.byteLength(p.value, 'utf8');
    if (bytes > SECRET_BYTES_MAX) throw new AppError('secret_too_large', { bytes, limit_bytes: SECRET_BYTES_MAX });
    // Known before it is stored: whatever goes wrong from here on may be told, but not with the value in it.
    this.#p.redactor.remember(p.value);
    const key = await this.#unlock(() => this.#p.keys.current());
    const sealed = this.#seal({ key, name: p.name, value: p.value });
    const put = await this.#p.store.putSecret({ now: p.now, name: p.name, sealed, key_id: key.id });
    if (put.outcome === 'full') throw new AppError('vault_full', {});
    return { created: put.outcome === 'created', secret: put.secret };
  }

  list(): Promise<SecretListing[]> {
    return this.#p.store.listSecrets();
  }

  /** Throws `secret_not_found`. */
  async remove(p: { name: string }): Promise<void> {
    const { outcome } = await this.#p.store.deleteSecret(p);
    if (outcome === 'not_found') throw new AppError('secret_not_found', { name: p.name });
  }

  async read(p: { name: string }): Promise<VaultReading> {
    const found = await this.#p.store.getSecret(p);
    if (found === undefined) {
      return { ok: false, why: `is not in the vault; store it with \`rouse secrets set ${p.name}\`` };
    }
    let keys: MasterKey[];
    try {
      keys = await this.#p.keys.all();
    } catch (error) {
      if (!(error instanceof KeyUnavailable)) throw error;
      return { ok: false, why: `cannot be opened: ${error.message}` };
    }
    const value = this.#open(found, keys);
    if (value !== undefined) return { ok: true, value };
    const why = 'was sealed with another master key than ROUSE_MASTER_KEY or the key file of this home';
    return { ok: false, why };
  }

  /**
   * Seals everything anew: with a fresh key file, or, where the key comes from the environment, with the one that is
   * there now. Throws `vault_locked` when a value cannot be opened with any known key; then nothing has changed.
   */
  async rotateKey(): Promise<{ resealed: number; key_from: MasterKey['from'] }> {
    const { keys, store } = this.#p;
    return this.#unlock(async () => {
      const fromEnvironment = keys.isFromEnvironment;
      const known = await keys.all();
      const target = fromEnvironment ? known[0]! : await keys.next();
      const { resealed } = await store.resealSecrets({
        key_id: target.id,
        reseal: (secret) => {
          const value = this.#open(secret, known);
          if (value === undefined)
            throw new KeyUnavailable(`the secret ${secret.name} was sealed with a key that is not here`);
          return this.#seal({ key: target, name: secret.name, value });
        },
      });
      await (fromEnvironment ? keys.dropFiles() : keys.settle());
      return { resealed, key_from: target.from };
    });
  }

  #seal(p: { key: MasterKey; name: string; value: string }): Uint8Array {
    return seal({ key: p.key.key, nonce: this.#p.randomBytes(NONCE_BYTES), name: p.name, value: p.value });
  }

  #open(secret: SealedSecret, keys: readonly MasterKey[]): string | undefined {
    const fitting = keys.find((one) => one.id === secret.key_id);
    return fitting && unseal({ key: fitting.key, name: secret.name, sealed: secret.sealed });
  }

  async #unlock<T>(body: () => Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (error) {
      if (error instanceof KeyUnavailable) throw new AppError('vault_locked', { reason: error.message });
      throw error;
    }
  }
}
