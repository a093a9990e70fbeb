/** Credentials as rows: which columns there are, and how they are read and written. */
import type { AccessScope } from '../../model/access-scope.ts';
import type { Credential, CredentialKind } from '../../model/credential.ts';
import type { EpochMs } from '../../model/instant.ts';
import { orNull } from './value.ts';

export interface CredentialRow {
  id: string;
  kind: CredentialKind;
  name: string;
  scopes: string;
  created_at: EpochMs;
  created_by: string;
  expires_at: EpochMs | null;
  idle_ms: number | null;
  last_used_at: EpochMs | null;
  run_id: string | null;
}

/** In the order of {@link credentialValues}. */
export const CREDENTIAL_COLUMNS = [
  'id',
  'kind',
  'name',
  'scopes',
  'created_at',
  'created_by',
  'expires_at',
  'idle_ms',
  'last_used_at',
  'run_id',
] as const;

export function credentialValues(credential: Credential): (string | number | null)[] {
  const { id, kind, name, scopes, created_at, created_by, expires_at, idle_ms, last_used_at, run_id } = credential;
  return [
    id,
    kind,
    name,
    scopes.join(' '),
    created_at,
    created_by,
    orNull(expires_at),
    orNull(idle_ms),
    orNull(last_used_at),
    orNull(run_id),
  ];
}

export function credentialOf(row: CredentialRow | undefined): Credential | undefined {
  if (row === undefined) return undefined;
  const { id, kind, name, scopes, created_at, created_by, expires_at, idle_ms, last_used_at, run_id } = row;
  return {
    id,
    kind,
    name,
    scopes: scopes.split(' ').filter((scope) => scope !== '') as AccessScope[],
    created_at,
    created_by,
    ...(expires_at === null ? {} : { expires_at }),
    ...(idle_ms === null ? {} : { idle_ms }),
    ...(last_used_at === null ? {} : { last_used_at }),
    ...(run_id === null ? {} : { run_id }),
  };
}
