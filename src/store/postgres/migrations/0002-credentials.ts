/** Who may come in besides the owner of the token file. A released file never changes. */
import type { Migration } from './migration.ts';

export const credentials: Migration = {
  version: 2,
  name: 'credentials',
  additive: true,
  sql: `
-- Found by the hash of the secret; the secret itself is nowhere. A run's token has no foreign key: the run may go first.
create table credentials (
  id text collate "C" primary key,
  kind text collate "C" not null check (kind in ('token', 'page', 'link', 'run')),
  name text collate "C" not null,
  scopes text collate "C" not null,
  created_at bigint not null,
  created_by text collate "C" not null,
  expires_at bigint,
  idle_ms bigint,
  last_used_at bigint,
  run_id text collate "C",
  secret_hash text collate "C" not null unique
);
create unique index credentials_by_name on credentials (name) where kind = 'token';
create index credentials_by_kind on credentials (kind, name);
`,
};
