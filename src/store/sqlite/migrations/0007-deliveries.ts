/** What arrived at webhook endpoints, and what repetitions are known by. A released file never changes. */
import type { Migration } from './migration.ts';

export const deliveries: Migration = {
  version: 7,
  name: 'deliveries',
  sql: `
create table deliveries (
  seq integer primary key,
  id text not null unique,
  result text not null check (result in ('accepted', 'answered', 'refused')),
  status integer not null,
  reason text,
  detail text,
  trigger_id text,
  scope text not null,
  workspace_id text not null,
  endpoint text not null,
  received_at integer not null,
  sent_at integer,
  sender_id text,
  event text,
  bytes integer not null,
  repeats integer not null,
  last_repeat_at integer,
  event_id text,
  matched integer,
  run_ids text,
  replay_of text
) strict;
create index deliveries_by_time on deliveries (received_at);
create index deliveries_by_trigger on deliveries (trigger_id, received_at) where trigger_id is not null;
create index deliveries_refused on deliveries (received_at) where result = 'refused';
create index deliveries_refused_by_endpoint on deliveries (endpoint, received_at) where result = 'refused';

-- Kept longer than the rows above, so there is no foreign key.
create table delivery_keys (
  trigger_id text not null,
  key text not null,
  delivery_id text not null,
  received_at integer not null,
  primary key (trigger_id, key)
) strict, without rowid;
create index delivery_keys_by_time on delivery_keys (received_at);
`,
};
