/**
 * The store port, chapter secrets: sealed values by name. The store never sees a value: it keeps what the vault
 * (secrets/) sealed, and which key can open it. A name is what follows `vault:automation/` in a reference.
 */
import type { EpochMs } from '../model/instant.ts';

export interface SealedSecret {
  name: string;
  /** Opaque: nonce, tag and ciphertext, as the vault made them. */
  sealed: Uint8Array;
  /** Which master key it was sealed with; no secret by itself. */
  key_id: string;
  created_at: EpochMs;
  updated_at: EpochMs;
}

export type SecretListing = Omit<SealedSecret, 'sealed'>;

export interface SecretStore {
  /** Creates or replaces. At most {@link SECRETS_MAX} are kept; one more is `full`. */
  putSecret(p: {
    now: EpochMs;
    name: string;
    sealed: Uint8Array;
    key_id: string;
  }): Promise<{ outcome: 'created' | 'replaced'; secret: SecretListing } | { outcome: 'full' }>;
  getSecret(p: { name: string }): Promise<SealedSecret | undefined>;
  /** Ordered by name. */
  listSecrets(): Promise<SecretListing[]>;
  deleteSecret(p: { name: string }): Promise<{ outcome: 'deleted' | 'not_found' }>;
  /**
   * Replaces every secret that is not sealed with `key_id` by what `reseal` makes of it, all in one transaction;
   * `updated_at` stays, because the value does. What `reseal` throws comes back out, and nothing has changed.
   */
  resealSecrets(p: { key_id: string; reseal: (secret: SealedSecret) => Uint8Array }): Promise<{ resealed: number }>;
}

/** More names than any home needs; a program that stores without end is stopped here. */
export const SECRETS_MAX = 10_000;
