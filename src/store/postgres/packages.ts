/** Which packages were added. */
import type { PackageRecord } from '../../model/package-record.ts';
import type { Connection } from './database.ts';

const PUT = `insert into packages (name, version, kind, spec, path, added_at) values (?, ?, ?, ?, ?, ?)
  on conflict (name) do update set version = excluded.version, kind = excluded.kind, spec = excluded.spec,
    path = excluded.path, added_at = excluded.added_at`;

export async function putPackage(connection: Connection, p: { record: PackageRecord }): Promise<void> {
  const { name, version, kind, spec, path, added_at } = p.record;
  await connection.run(PUT, name, version, kind, spec, path, added_at);
}

export function listPackages(connection: Connection): Promise<PackageRecord[]> {
  return connection.all<PackageRecord>('select name, version, kind, spec, path, added_at from packages order by name');
}

export async function deletePackage(
  connection: Connection,
  p: { name: string },
): Promise<{ outcome: 'deleted' | 'not_found' }> {
  const deleted = await connection.run('delete from packages where name = ?', p.name);
  return { outcome: deleted === 0 ? 'not_found' : 'deleted' };
}
