/** Sealed secrets on SQLite: bytes in, bytes out. */
import type { EpochMs } from '../../model/instant.ts';
import { type SealedSecret, type SecretListing, SECRETS_MAX } from '../secret-store.ts';
import type { Connection } from './connection.ts';

const LISTED = 'name, key_id, created_at, updated_at';

export function putSecret(
  connection: Connection,
  p: { now: EpochMs; name: string; sealed: Uint8Array; key_id: string },
): { outcome: 'created' | 'replaced'; secret: SecretListing } | { outcome: 'full' } {
  return connection.write(() => {
    const known = getSecret(connection, p) !== undefined;
    const { count } = connection.one<{ count: number }>('select count(*) as count from secrets')!;
    if (!known && count >= SECRETS_MAX) return { outcome: 'full' };
    connection.run(
      `insert into secrets (name, sealed, key_id, created_at, updated_at) values (?, ?, ?, ?, ?)
        on conflict (name) do update set sealed = excluded.sealed, key_id = excluded.key_id, updated_at = excluded.updated_at`,
      p.name,
      p.sealed,
      p.key_id,
      p.now,
      p.now,
    );
    const secret = connection.one<SecretListing>(`select ${LISTED} from secrets where name = ?`, p.name)!;
    return { outcome: known ? 'replaced' : 'created', secret: { ...secret } };
  });
}

export function getSecret(connection: Connection, p: { name: string }): SealedSecret | undefined {
  const row = connection.one<SealedSecret>(`select ${LISTED}, sealed from secrets where name = ?`, p.name);
  return row === undefined ? undefined : { ...row };
}

export function listSecrets(connection: Connection): SecretListing[] {
  return connection.all<SecretListing>(`select ${LISTED} from secrets order by name`).map((row) => ({ ...row }));
}

export function deleteSecret(connection: Connection, p: { name: string }): { outcome: 'deleted' | 'not_found' } {
  return connection.write(() => {
    const deleted = connection.run('delete from secrets where name = ?', p.name);
    return { outcome: deleted === 1 ? 'deleted' : 'not_found' };
  });
}

export function resealSecrets(
  connection: Connection,
  p: { key_id: string; reseal: (secret: SealedSecret) => Uint8Array },
): { resealed: number } {
  return connection.write(() => {
    const others = connection.all<SealedSecret>(
      `select ${LISTED}, sealed from secrets where key_id <> ? order by name`,
      p.key_id,
    );
    for (const secret of others) {
      const sealed = p.reseal({ ...secret });
      connection.run('update secrets set sealed = ?, key_id = ? where name = ?', sealed, p.key_id, secret.name);
    }
    return { resealed: others.length };
  });
}
