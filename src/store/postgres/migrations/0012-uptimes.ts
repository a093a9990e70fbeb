/** When daemons were at work. A released file never changes. */
import type { Migration } from './migration.ts';

export const uptimes: Migration = {
  version: 12,
  name: 'uptimes',
  additive: true,
  sql: `
create table uptimes (
  instance text collate "C" not null,
  from_at bigint not null,
  until_at bigint not null,
  primary key (instance, from_at)
);
`,
};
