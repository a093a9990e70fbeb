/**
 * The part of the store port that remembers who may come in: credentials by the hash of their secret. Secrets are
 * never here, so whoever reads the database, or a backup of it, cannot come in with what they read.
 *
 * A credential that was revoked is gone; one that time has ended stays until its place is needed, so that a list can
 * show it. Whether it is still good is for the caller to judge (`isAlive`).
 */
import type { Credential, CredentialKind } from '../model/credential.ts';
import type { EpochMs } from '../model/instant.ts';

export interface AccessStore {
  /** Hashes and ids are unique; of kind `token` the name is unique too. */
  createCredential(p: {
    credential: Credential;
    secret_hash: string;
  }): Promise<{ outcome: 'created' } | { outcome: 'token_name_taken' }>;

  findCredential(p: { secret_hash: string }): Promise<Credential | undefined>;
  getCredential(p: { id: string }): Promise<Credential | undefined>;

  /** By kind, name, then id; expired ones included, at most `limit`. */
  listCredentials(p: { kinds: readonly CredentialKind[]; limit: number }): Promise<Credential[]>;

  /**
   * Puts `credential` in the place of the one that `spent_hash` finds, in one step: of several that try with the same
   * link exactly one succeeds. `admit` sees what is spent; `lost` when there is none, or `admit` refuses it.
   */
  exchangeCredential(p: {
    spent_hash: string;
    admit: (spent: Credential) => Credential | undefined;
    secret_hash: string;
  }): Promise<{ outcome: 'exchanged'; credential: Credential } | { outcome: 'lost' }>;

  /** Replaces the secret of a credential; the old one opens nothing from then on. `expires_at` null: for good. */
  rotateCredential(p: {
    id: string;
    secret_hash: string;
    expires_at: EpochMs | null;
  }): Promise<{ outcome: 'rotated'; credential: Credential } | { outcome: 'not_found' }>;

  /** `last_used_at` never goes back. One that is gone is left alone. */
  noteCredentialUse(p: { id: string; at: EpochMs }): Promise<void>;

  revokeCredential(p: { id: string }): Promise<{ outcome: 'revoked' | 'not_found' }>;

  /** Forgets those that ended at or before `until`, at most `limit`; returns how many. */
  forgetExpiredCredentials(p: { until: EpochMs; limit: number }): Promise<number>;
}
