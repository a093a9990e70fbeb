/** Which packages were added. A released file never changes. */
import type { Migration } from './migration.ts';

export const packages: Migration = {
  version: 11,
  name: 'packages',
  sql: `
create table packages (
  name text primary key,
  version text not null,
  kind text not null check (kind in ('folder', 'npm')),
  spec text not null,
  path text not null,
  added_at integer not null
) strict, without rowid;
`,
};
