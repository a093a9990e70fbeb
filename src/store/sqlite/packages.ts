/** Which packages were added. */
import type { PackageRecord } from '../../model/package-record.ts';
import type { Connection } from './connection.ts';

const PUT = 'insert or replace into packages (name, version, kind, spec, path, added_at) values (?, ?, ?, ?, ?, ?)';

export function putPackage(connection: Connection, p: { record: PackageRecord }): void {
  const { name, version, kind, spec, path, added_at } = p.record;
  connection.write(() => connection.run(PUT, name, version, kind, spec, path, added_at));
}

export function listPackages(connection: Connection): PackageRecord[] {
  return connection
    .all<PackageRecord>('select name, version, kind, spec, path, added_at from packages order by name')
    .map((row) => ({ ...row }));
}

export function deletePackage(connection: Connection, p: { name: string }): { outcome: 'deleted' | 'not_found' } {
  const deleted = connection.write(() => connection.run('delete from packages where name = ?', p.name));
  return { outcome: deleted === 0 ? 'not_found' : 'deleted' };
}
