/** Which calls of hooks are owed, and what became of them. A released file never changes. */
import type { Migration } from './migration.ts';

export const hookCalls: Migration = {
  version: 9,
  name: 'hook-calls',
  sql: `
create table hook_calls (
  seq integer primary key,
  id text not null unique,
  hook text not null,
  event text not null,
  state text not null check (state in ('waiting', 'completed', 'failed')),
  created_at integer not null,
  attempts integer not null,
  next_at integer,
  -- Somebody is carrying it out; next_at is then the end of the lease.
  taken integer not null default 0 check (taken in (0, 1)),
  ended_at integer,
  duration_ms integer,
  detail text,
  run_id text,
  automation_id text,
  event_id text,
  check ((state = 'waiting') = (next_at is not null))
) strict;
create index hook_calls_due on hook_calls (next_at) where state = 'waiting';
create index hook_calls_by_hook on hook_calls (hook, seq);
create index hook_calls_by_run on hook_calls (run_id, seq) where run_id is not null;
create index hook_calls_by_time on hook_calls (created_at);

-- One row: the activation up to which calls were made.
create table hook_mark (activation integer not null) strict;
insert into hook_mark (activation) select coalesce(max(seq), 0) from activations;
`,
};
