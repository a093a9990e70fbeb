/** Which daemons share this database. A released file never changes. */
import type { Migration } from './migration.ts';

export const nodes: Migration = {
  version: 8,
  name: 'nodes',
  additive: true,
  sql: `
create table nodes (
  name text collate "C" primary key,
  instance text collate "C" not null,
  version text collate "C" not null,
  labels text collate "C" not null,
  url text collate "C" not null,
  started_at bigint not null,
  heartbeat_at bigint not null,
  running bigint not null,
  draining bigint not null check (draining in (0, 1)),
  drained_by text collate "C",
  clock_skew_ms bigint
);
`,
};
