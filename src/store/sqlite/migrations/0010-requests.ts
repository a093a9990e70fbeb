/** Who asked for which change, and the answers kept for repeated requests. A released file never changes. */
import type { Migration } from './migration.ts';

export const requests: Migration = {
  version: 10,
  name: 'requests',
  sql: `
create table change_records (
  seq integer primary key autoincrement,
  id text not null unique,
  at integer not null,
  actor text not null,
  credential_id text,
  operation text not null,
  target text,
  outcome text not null check (outcome in ('begun', 'done', 'refused')),
  status integer,
  code text
) strict;
create index change_records_by_time on change_records (at);
create index change_records_by_target on change_records (target) where target is not null;

create table request_keys (
  key_hash text primary key,
  request_hash text not null,
  node text not null,
  expires_at integer not null,
  reply text
) strict, without rowid;
create index request_keys_by_end on request_keys (expires_at);
`,
};
