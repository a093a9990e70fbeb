/** The daemon as a node, as where several share a store. A released file never changes. */
import type { Migration } from './migration.ts';

export const nodes: Migration = {
  version: 13,
  name: 'nodes',
  sql: `
create table nodes (
  name text primary key,
  instance text not null,
  version text not null,
  labels text not null,
  url text not null,
  started_at integer not null,
  heartbeat_at integer not null,
  running integer not null,
  draining integer not null check (draining in (0, 1)),
  drained_by text,
  clock_skew_ms integer
) strict, without rowid;
`,
};
