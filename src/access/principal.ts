/** Who asks, once it is known: by the home's token, by a credential of the store, or nobody. */
import type { AccessScope } from '../model/access-scope.ts';
import type { Credential } from '../model/credential.ts';
import type { EpochMs } from '../model/instant.ts';

export interface Principal {
  /** `admin` shows the home's token; `nobody` shows nothing. */
  kind: 'admin' | 'token' | 'page' | 'run' | 'nobody';
  /** Of the credential; absent for `admin` and `nobody`. */
  id?: string;
  name: string;
  scopes: readonly AccessScope[];
  created_at?: EpochMs;
  expires_at?: EpochMs;
  /** Of kind `run`: whose agent asks. */
  run_id?: string;
}

export const NOBODY: Principal = { kind: 'nobody', name: 'nobody', scopes: [] };

export const ADMIN: Principal = { kind: 'admin', name: 'admin', scopes: ['admin'] };

/** A link only lets a page in; it is nobody by itself. */
export function principalOf(credential: Credential): Principal {
  const { id, kind, name, scopes, created_at, expires_at, run_id } = credential;
  if (kind === 'link') return NOBODY;
  return {
    kind,
    id,
    name,
    scopes,
    created_at,
    ...(expires_at === undefined ? {} : { expires_at }),
    ...(run_id === undefined ? {} : { run_id }),
  };
}

/** How records name who asked. `client` is what a program says it is; it opens nothing. */
export function actorOf(principal: Principal, client: string): string {
  switch (principal.kind) {
    case 'admin':
      return `user:${client}`;
    case 'page':
      return 'user:page';
    case 'token':
      return `token:${principal.name}`;
    case 'run':
      return `run:${principal.run_id ?? principal.name}`;
    case 'nobody':
      return 'nobody';
  }
}
