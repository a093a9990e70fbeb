/** Which packages were added. A released file never changes. */
import type { Migration } from './migration.ts';

export const packages: Migration = {
  version: 11,
  name: 'packages',
  additive: true,
  sql: `
create table packages (
  name text collate "C" primary key,
  version text collate "C" not null,
  kind text collate "C" not null check (kind in ('folder', 'npm')),
  spec text collate "C" not null,
  path text collate "C" not null,
  added_at bigint not null
);
`,
};
