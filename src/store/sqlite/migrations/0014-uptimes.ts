/** When daemons were at work. A released file never changes. */
import type { Migration } from './migration.ts';

export const uptimes: Migration = {
  version: 14,
  name: 'uptimes',
  sql: `
create table uptimes (
  instance text not null,
  from_at integer not null,
  until_at integer not null,
  primary key (instance, from_at)
) strict, without rowid;
`,
};
