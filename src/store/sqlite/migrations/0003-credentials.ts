/** Who may come in besides the owner of the home's token file. A released file never changes. */
import type { Migration } from './migration.ts';

export const credentials: Migration = {
  version: 3,
  name: 'credentials',
  sql: `
-- Found by the hash of the secret; the secret itself is nowhere. A run's token has no foreign key: the run may go first.
create table credentials (
  id text primary key,
  kind text not null check (kind in ('token', 'page', 'link', 'run')),
  name text not null,
  scopes text not null,
  created_at integer not null,
  created_by text not null,
  expires_at integer,
  idle_ms integer,
  last_used_at integer,
  run_id text,
  secret_hash text not null unique
) strict, without rowid;
create unique index credentials_by_name on credentials (name) where kind = 'token';
create index credentials_by_kind on credentials (kind, name);
`,
};
