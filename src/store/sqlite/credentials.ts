/** Who may come in, as rows: found by the hash of a secret, never holding the secret. */
import type { Credential, CredentialKind } from '../../model/credential.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { AccessStore } from '../access-store.ts';
import { CREDENTIAL_COLUMNS, type CredentialRow, credentialOf, credentialValues } from '../rows/credential-row.ts';
import type { Connection } from './connection.ts';

const COLUMNS = CREDENTIAL_COLUMNS.join(', ');
const INSERT = `insert into credentials (${COLUMNS}, secret_hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const BY_HASH = `select ${COLUMNS} from credentials where secret_hash = ?`;
const BY_ID = `select ${COLUMNS} from credentials where id = ?`;
const LIST = `select ${COLUMNS} from credentials where kind = ? order by name, id limit ?`;
const NAMED = `select 1 from credentials where kind = 'token' and name = ?`;
const ROTATE = 'update credentials set secret_hash = ?, expires_at = ? where id = ?';
const USED = 'update credentials set last_used_at = ? where id = ? and coalesce(last_used_at, 0) < ?';
// What idles is ended by its last use; `min` with a NULL is NULL, so an absent end must become one that is far away.
const EXPIRED = `delete from credentials where id in (select id from credentials
  where min(coalesce(expires_at, 9e15), coalesce(coalesce(last_used_at, created_at) + idle_ms, 9e15)) <= ? limit ?)`;

export function createCredential(
  connection: Connection,
  p: Parameters<AccessStore['createCredential']>[0],
): { outcome: 'created' | 'token_name_taken' } {
  return connection.write(() => {
    const { kind, name } = p.credential;
    if (kind === 'token' && connection.one(NAMED, name) !== undefined) return { outcome: 'token_name_taken' };
    insert(connection, p.credential, p.secret_hash);
    return { outcome: 'created' };
  });
}

export function findCredential(connection: Connection, p: { secret_hash: string }): Credential | undefined {
  return credentialOf(connection.one<CredentialRow>(BY_HASH, p.secret_hash));
}

export function getCredential(connection: Connection, p: { id: string }): Credential | undefined {
  return credentialOf(connection.one<CredentialRow>(BY_ID, p.id));
}

export function listCredentials(
  connection: Connection,
  p: { kinds: readonly CredentialKind[]; limit: number },
): Credential[] {
  const kinds = [...new Set(p.kinds)].toSorted();
  const rows = kinds.flatMap((kind) => connection.all<CredentialRow>(LIST, kind, p.limit));
  return rows.slice(0, p.limit).map((row) => credentialOf(row)!);
}

export function exchangeCredential(
  connection: Connection,
  p: Parameters<AccessStore['exchangeCredential']>[0],
): { outcome: 'exchanged'; credential: Credential } | { outcome: 'lost' } {
  return connection.write(() => {
    const spent = findCredential(connection, { secret_hash: p.spent_hash });
    const credential = spent === undefined ? undefined : p.admit(spent);
    if (spent === undefined || credential === undefined) return { outcome: 'lost' };
    connection.run('delete from credentials where id = ?', spent.id);
    insert(connection, credential, p.secret_hash);
    return { outcome: 'exchanged', credential };
  });
}

export function rotateCredential(
  connection: Connection,
  p: Parameters<AccessStore['rotateCredential']>[0],
): { outcome: 'rotated'; credential: Credential } | { outcome: 'not_found' } {
  return connection.write(() => {
    connection.run(ROTATE, p.secret_hash, p.expires_at, p.id);
    const credential = getCredential(connection, p);
    return credential === undefined ? { outcome: 'not_found' } : { outcome: 'rotated', credential };
  });
}

export function noteCredentialUse(connection: Connection, p: { id: string; at: EpochMs }): void {
  connection.write(() => connection.run(USED, p.at, p.id, p.at));
}

export function revokeCredential(connection: Connection, p: { id: string }): { outcome: 'revoked' | 'not_found' } {
  const deleted = connection.write(() => connection.run('delete from credentials where id = ?', p.id));
  return { outcome: deleted === 0 ? 'not_found' : 'revoked' };
}

export function forgetExpiredCredentials(connection: Connection, p: { until: EpochMs; limit: number }): number {
  return connection.write(() => connection.run(EXPIRED, p.until, p.limit));
}

function insert(connection: Connection, credential: Credential, secretHash: string): void {
  connection.run(INSERT, ...credentialValues(credential), secretHash);
}
