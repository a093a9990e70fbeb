/**
 * Brings a database file to the schema of this version: each migration in one transaction together with the mark that
 * says it is applied, so a crash between two of them leaves a database of an older version and nothing in between.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../../errors/app-error.ts';
import { invariant } from '../../errors/invariant.ts';
import type { Connection } from './connection.ts';
import type { Migration } from './migrations/migration.ts';

/** "Rous" in ASCII: tells our files from other SQLite databases (`pragma application_id`). */
export const APPLICATION_ID = 0x526f7573;

/** Throws `store_unavailable` for a file that is not ours, is newer than we are, or was changed behind our back. */
export function migrate(connection: Connection, migrations: readonly Migration[]): void {
  const version = pragma(connection, 'user_version');
  refuseForeign(connection, version);
  const newest = migrations.length;
  if (version > newest) {
    throw refusal(
      `${connection.path} was written by a newer version of Rouse (its schema is ${version}, this version knows ${newest}); ` +
        'start that version again, or restore a backup made before the upgrade',
    );
  }
  if (version > 0) refuseAltered(connection, migrations.slice(0, version));
  for (const migration of migrations.slice(version)) apply(connection, migration, migrations);
}

function apply(connection: Connection, migration: Migration, migrations: readonly Migration[]): void {
  invariant(migrations[migration.version - 1] === migration, 'migrations are numbered from 1 without holes');
  connection.write(() => {
    if (migration.version === 1) {
      connection.execute(`pragma application_id = ${APPLICATION_ID}`);
      connection.execute(
        'create table migrations (version integer primary key, name text not null, checksum text not null) strict',
      );
    }
    connection.execute(migration.sql);
    connection.run(
      'insert into migrations (version, name, checksum) values (?, ?, ?)',
      migration.version,
      migration.name,
      checksum(migration),
    );
    connection.execute(`pragma user_version = ${migration.version}`);
  });
}

function refuseForeign(connection: Connection, version: number): void {
  const applicationId = pragma(connection, 'application_id');
  const isOurs = applicationId === APPLICATION_ID;
  const isEmpty = version === 0 && connection.one('select 1 from sqlite_schema limit 1') === undefined;
  if (!isOurs && !isEmpty) throw refusal(`${connection.path} is a database of some other program`);
}

function refuseAltered(connection: Connection, applied: readonly Migration[]): void {
  const rows = connection.all<{ version: number; checksum: string }>('select version, checksum from migrations');
  const known = new Map(rows.map((row) => [row.version, row.checksum]));
  for (const migration of applied) {
    if (known.get(migration.version) === checksum(migration)) continue;
    throw refusal(
      `${connection.path} was made with another form of migration ${migration.version} (${migration.name}), ` +
        'so its tables cannot be trusted to be what this version expects',
    );
  }
}

function checksum(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}

function pragma(connection: Connection, name: string): number {
  const row = connection.one<Record<string, number>>(`pragma ${name}`);
  return row?.[name] ?? 0;
}

function refusal(reason: string): AppError {
  return new AppError('store_unavailable', { outcome: 'unchanged', reason });
}
