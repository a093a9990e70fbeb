/** Who may come in, as rows: found by the hash of a secret, never holding the secret. */
import type { Credential, CredentialKind } from '../../model/credential.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { AccessStore } from '../access-store.ts';
import { CREDENTIAL_COLUMNS, type CredentialRow, credentialOf, credentialValues } from '../rows/credential-row.ts';
import type { Connection, Database } from './database.ts';
import { lockNames } from './locks.ts';

type Parameter<Step extends keyof AccessStore> = Parameters<AccessStore[Step]>[0];
type Answer<Step extends keyof AccessStore> = Awaited<ReturnType<AccessStore[Step]>>;

const COLUMNS = CREDENTIAL_COLUMNS.join(', ');
const PLACES = CREDENTIAL_COLUMNS.map(() => '?').join(', ');
const INSERT = `insert into credentials (${COLUMNS}, secret_hash) values (${PLACES}, ?)`;
const BY_HASH = `select ${COLUMNS} from credentials where secret_hash = ?`;
const BY_ID = `select ${COLUMNS} from credentials where id = ?`;
const LIST = `select ${COLUMNS} from credentials where kind = any(?) order by kind, name, id limit ?`;
const NAMED = `select 1 as one from credentials where kind = 'token' and name = ?`;
const ROTATE = `update credentials set secret_hash = ?, expires_at = ? where id = ? returning ${COLUMNS}`;
const USED = 'update credentials set last_used_at = ? where id = ? and coalesce(last_used_at, 0) < ?';
// What idles is ended by its last use; `least` passes over what is absent.
const EXPIRED = `delete from credentials where id in (select id from credentials
  where least(expires_at, coalesce(last_used_at, created_at) + idle_ms) <= ? limit ?)`;

export function createCredential(
  database: Database,
  p: Parameter<'createCredential'>,
): Promise<Answer<'createCredential'>> {
  return database.write(async (connection): Promise<Answer<'createCredential'>> => {
    await lockNames(connection);
    const { kind, name } = p.credential;
    if (kind === 'token' && (await connection.one(NAMED, name)) !== undefined) return { outcome: 'token_name_taken' };
    await insert(connection, p.credential, p.secret_hash);
    return { outcome: 'created' };
  });
}

export async function findCredential(
  connection: Connection,
  p: { secret_hash: string },
): Promise<Credential | undefined> {
  return credentialOf(await connection.one<CredentialRow>(BY_HASH, p.secret_hash));
}

export async function getCredential(connection: Connection, p: { id: string }): Promise<Credential | undefined> {
  return credentialOf(await connection.one<CredentialRow>(BY_ID, p.id));
}

export async function listCredentials(
  connection: Connection,
  p: { kinds: readonly CredentialKind[]; limit: number },
): Promise<Credential[]> {
  const rows = await connection.all<CredentialRow>(LIST, p.kinds, Math.max(0, Math.trunc(p.limit)));
  return rows.map((row) => credentialOf(row)!);
}

export function exchangeCredential(
  database: Database,
  p: Parameter<'exchangeCredential'>,
): Promise<Answer<'exchangeCredential'>> {
  return database.write(async (connection): Promise<Answer<'exchangeCredential'>> => {
    const spent = credentialOf(await connection.one<CredentialRow>(`${BY_HASH} for update`, p.spent_hash));
    const credential = spent === undefined ? undefined : p.admit(spent);
    if (spent === undefined || credential === undefined) return { outcome: 'lost' };
    await connection.run('delete from credentials where id = ?', spent.id);
    await insert(connection, credential, p.secret_hash);
    return { outcome: 'exchanged', credential };
  });
}

export function rotateCredential(
  database: Database,
  p: Parameter<'rotateCredential'>,
): Promise<Answer<'rotateCredential'>> {
  return database.write(async (connection): Promise<Answer<'rotateCredential'>> => {
    const credential = credentialOf(await connection.one<CredentialRow>(ROTATE, p.secret_hash, p.expires_at, p.id));
    return credential === undefined ? { outcome: 'not_found' } : { outcome: 'rotated', credential };
  });
}

export async function noteCredentialUse(connection: Connection, p: { id: string; at: EpochMs }): Promise<void> {
  await connection.run(USED, p.at, p.id, p.at);
}

export async function revokeCredential(
  connection: Connection,
  p: { id: string },
): Promise<{ outcome: 'revoked' | 'not_found' }> {
  const deleted = await connection.run('delete from credentials where id = ?', p.id);
  return { outcome: deleted === 0 ? 'not_found' : 'revoked' };
}

export function forgetExpiredCredentials(
  connection: Connection,
  p: { until: EpochMs; limit: number },
): Promise<number> {
  return connection.run(EXPIRED, p.until, p.limit);
}

async function insert(connection: Connection, credential: Credential, secretHash: string): Promise<void> {
  await connection.run(INSERT, ...credentialValues(credential), secretHash);
}
