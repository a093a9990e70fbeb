/** Sealed secrets on PostgreSQL: bytes in, bytes out. */
import type { EpochMs } from '../../model/instant.ts';
import { type SealedSecret, type SecretListing, SECRETS_MAX } from '../secret-store.ts';
import type { Connection, Database } from './database.ts';
import { lockNames } from './locks.ts';

const LISTED = 'name, key_id, created_at, updated_at';

type Put = { outcome: 'created' | 'replaced'; secret: SecretListing } | { outcome: 'full' };

export function putSecret(
  database: Database,
  p: { now: EpochMs; name: string; sealed: Uint8Array; key_id: string },
): Promise<Put> {
  return database.write(async (connection): Promise<Put> => {
    await lockNames(connection);
    const known = (await getSecret(connection, p)) !== undefined;
    const counted = await connection.one<{ count: number }>('select count(*) as count from secrets');
    if (!known && (counted?.count ?? 0) >= SECRETS_MAX) return { outcome: 'full' };
    const secret = await connection.one<SecretListing>(
      `insert into secrets (name, sealed, key_id, created_at, updated_at) values (?, ?, ?, ?, ?)
        on conflict (name) do update set
          sealed = excluded.sealed, key_id = excluded.key_id, updated_at = excluded.updated_at
        returning ${LISTED}`,
      p.name,
      p.sealed,
      p.key_id,
      p.now,
      p.now,
    );
    return { outcome: known ? 'replaced' : 'created', secret: secret! };
  });
}

export async function getSecret(connection: Connection, p: { name: string }): Promise<SealedSecret | undefined> {
  const row = await connection.one<SealedSecret>(`select ${LISTED}, sealed from secrets where name = ?`, p.name);
  return row === undefined ? undefined : plain(row);
}

export function listSecrets(connection: Connection): Promise<SecretListing[]> {
  return connection.all<SecretListing>(`select ${LISTED} from secrets order by name`);
}

export async function deleteSecret(
  connection: Connection,
  p: { name: string },
): Promise<{ outcome: 'deleted' | 'not_found' }> {
  const deleted = await connection.run('delete from secrets where name = ?', p.name);
  return { outcome: deleted === 1 ? 'deleted' : 'not_found' };
}

export function resealSecrets(
  database: Database,
  p: { key_id: string; reseal: (secret: SealedSecret) => Uint8Array },
): Promise<{ resealed: number }> {
  return database.write(async (connection) => {
    const others = await connection.all<SealedSecret>(
      `select ${LISTED}, sealed from secrets where key_id <> ? order by name for update`,
      p.key_id,
    );
    for (const secret of others) {
      const sealed = p.reseal(plain(secret));
      await connection.run('update secrets set sealed = ?, key_id = ? where name = ?', sealed, p.key_id, secret.name);
    }
    return { resealed: others.length };
  });
}

/** The driver hands out a Buffer; the port speaks of bytes. */
function plain(row: SealedSecret): SealedSecret {
  return { ...row, sealed: new Uint8Array(row.sealed) };
}
