/**
 * What somebody shows to be let in, without the secret itself: a token that was handed out, a page that signed in, the
 * link that lets a page sign in, and the token of a run's agent. The home's own token is none of these; it is a file.
 */
import type { AccessScope } from './access-scope.ts';
import type { EpochMs } from './instant.ts';

export const CREDENTIAL_KINDS = ['token', 'page', 'link', 'run'] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

export interface Credential {
  id: string;
  kind: CredentialKind;
  /** For people. */
  name: string;
  scopes: readonly AccessScope[];
  created_at: EpochMs;
  /** Who asked for it, as records say it. */
  created_by: string;
  /** It opens nothing from this instant on; absent: until it is revoked. */
  expires_at?: EpochMs;
  /** It also ends when it was not used for so long. */
  idle_ms?: number;
  /** Within a minute. */
  last_used_at?: EpochMs;
  /** Of kind `run`: it ends with this run. */
  run_id?: string;
}

/** Whether time has not ended it; a credential that was revoked does not exist any more. */
export function isAlive(credential: Credential, now: EpochMs): boolean {
  const { expires_at, idle_ms, last_used_at, created_at } = credential;
  if (expires_at !== undefined && now >= expires_at) return false;
  return idle_ms === undefined || now < (last_used_at ?? created_at) + idle_ms;
}
