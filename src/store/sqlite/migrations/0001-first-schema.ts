/** The whole schema of the first version. Why it looks like this is in ../../DESIGN.md; a released file never changes. */
import type { Migration } from './migration.ts';

export const firstSchema: Migration = {
  version: 1,
  name: 'first-schema',
  sql: `
-- Definitions. The definition itself is JSON text; a column beside it exists because a query needs it. times are
-- columns and not in the text, so that "is this the same definition" is a comparison of two texts.
create table automations (
  seq integer primary key autoincrement,
  id text not null unique,
  kind text not null check (kind in ('job', 'trigger')),
  scope text not null,
  workspace_id text not null default '',
  name text not null,
  source text not null check (source in ('config', 'package', 'dynamic')),
  agent_name text not null,
  event text,
  webhook_id text,
  tags text not null,
  search text not null,
  revision integer not null,
  overlay_enabled integer check (overlay_enabled in (0, 1)),
  overlay_at integer,
  consecutive_failures integer not null default 0,
  paused_at integer,
  paused_error text,
  created_at integer not null,
  updated_at integer not null,
  definition text not null
) strict;
create unique index automations_by_name on automations (kind, name, scope, workspace_id);
create index automations_in_order on automations (kind, name, id);
create unique index automations_by_webhook on automations (webhook_id) where webhook_id is not null;
create index automations_by_workspace on automations (workspace_id) where workspace_id <> '';
create index automations_by_file on automations (source) where source <> 'dynamic';

-- How many there are, kept by triggers in the same transaction, because counting a million rows every second is not free.
create table automation_counts (
  kind text primary key,
  count integer not null
) strict, without rowid;
insert into automation_counts (kind, count) values ('job', 0), ('trigger', 0);
create trigger automations_counted_in after insert on automations begin
  update automation_counts set count = count + 1 where kind = new.kind;
end;
create trigger automations_counted_out after delete on automations begin
  update automation_counts set count = count - 1 where kind = old.kind;
end;

-- What decided an automation's instants, and since when. Kept when the automation goes, so no foreign key.
create table automation_changes (
  seq integer primary key,
  automation_id text not null,
  at integer not null,
  kind text not null,
  enabled integer not null check (enabled in (0, 1)),
  detail text,
  created_at integer,
  updated_at integer,
  definition text
) strict;
create index automation_changes_by_time on automation_changes (automation_id, at);

create table cursors (
  automation integer primary key references automations (seq) on delete cascade,
  due_at integer,
  next_run_at integer,
  last_run_at integer,
  last_scheduled_at integer,
  last_fire_id text,
  schedule_hash text,
  catch_up_policy text not null,
  misfire_grace_seconds integer not null,
  consecutive_resume_failures integer not null,
  last_misfire_at integer,
  misfire_count integer not null,
  anchor_at integer,
  updated_at integer not null,
  parked_error text
) strict;
create index cursors_due on cursors (due_at) where due_at is not null;
create index cursors_parked on cursors (automation) where parked_error is not null;

-- Runs. History outlives its automation, so automation_id is no foreign key.
create table runs (
  seq integer primary key,
  id text not null unique,
  automation_id text not null,
  automation_kind text not null check (automation_kind in ('job', 'trigger')),
  fire_id text not null,
  attempt integer not null check (attempt >= 1),
  status text not null check (status in ('scheduled', 'running', 'delegated', 'completed', 'failed', 'canceled')),
  -- Where a waiting run stands: later (its time has not come), ready (any lane with room takes it), behind (its turn
  -- comes when another run of its automation ends), held (ready, but its agent is held). Null when it does not wait.
  queue text check (queue in ('later', 'ready', 'behind', 'held')),
  kind text not null,
  reason text,
  priority integer not null,
  exclusive integer not null check (exclusive in (0, 1)),
  catch_up integer not null check (catch_up in (0, 1)),
  agent_name text not null,
  workspace_id text not null,
  created_at integer not null,
  scheduled_at integer,
  available_at integer not null,
  accepted_at integer not null,
  expires_at integer,
  started_at integer,
  ended_at integer,
  order_at integer generated always as (coalesce(scheduled_at, created_at)) virtual,
  node text,
  token text,
  lease_until integer,
  -- A running run holds a slot; while it waits for a person it has given it away, and afterwards it may want one back.
  slot text check (slot in ('held', 'given', 'wanted')),
  permission text,
  cancel_reason text,
  cancel_error text,
  cancel_actor text,
  session_id text,
  task_id text,
  task_run_id text,
  event_id text,
  depth integer,
  actor text,
  exit_code integer,
  input_tokens integer,
  output_tokens integer,
  cost_usd real,
  missed_count integer,
  missed_first integer,
  missed_last integer,
  delivery_error_at integer,
  delivery_error text,
  error text,
  unique (fire_id, attempt),
  check ((queue is not null) = (status = 'scheduled')),
  check ((slot is not null) = (status = 'running')),
  check (token is not null or status <> 'running')
) strict;
create index runs_by_status on runs (status, created_at);
create index runs_by_automation on runs (automation_id, status, created_at);
create index runs_by_reason on runs (reason, status, created_at) where reason is not null;
create index runs_by_automation_reason on runs (automation_id, reason, status, created_at) where reason is not null;
create index runs_accepted on runs (automation_id, accepted_at, status) where status <> 'canceled';
create index runs_by_instant on runs (automation_id, scheduled_at) where scheduled_at is not null;
create index runs_missed on runs (automation_id, missed_first) where missed_first is not null;
create index runs_spending on runs (automation_id, ended_at, input_tokens, output_tokens, cost_usd)
  where ended_at is not null and (input_tokens is not null or output_tokens is not null or cost_usd is not null);
create index runs_spending_of_all on runs (ended_at, input_tokens, output_tokens, cost_usd)
  where ended_at is not null and (input_tokens is not null or output_tokens is not null or cost_usd is not null);
create index runs_running on runs (agent_name, workspace_id) where status = 'running';
create index runs_waiting on runs (priority desc, catch_up, order_at, created_at) where queue is not null;
create index runs_ready on runs (agent_name, workspace_id, priority desc, catch_up, order_at, created_at) where queue = 'ready';
create index runs_behind on runs (automation_id, priority desc, catch_up, order_at, created_at) where queue = 'behind';
create index runs_held on runs (agent_name) where queue = 'held';
create index runs_later on runs (available_at) where queue = 'later';
create index runs_expiring on runs (expires_at) where queue is not null and expires_at is not null;

-- The drawing of states, held by the database itself: whatever code or tool writes here, what is finished stays as it is.
create trigger runs_finished_stay before update on runs
when old.status not in ('scheduled', 'running') begin
  select raise(abort, 'a finished run never changes');
end;
create trigger runs_move_along before update of status on runs
when old.status = 'running' and new.status not in ('running', 'completed', 'failed', 'canceled')
  or old.status = 'scheduled' and new.status = 'completed' begin
  select raise(abort, 'a run may not go back, nor complete without having run');
end;

-- Apart from the rows of runs, which the queue and the lists read and which every step rewrites: kilobytes of text
-- there would make each of those slower and could not be given up earlier than the row.
create table run_texts (
  run integer primary key references runs (seq) on delete cascade,
  prompt text,
  output text
) strict;

-- What was used per day (UTC), kept when runs are deleted.
create table usage_days (
  day text not null,
  automation_id text not null,
  agent_name text not null,
  runs integer not null,
  input_tokens integer not null,
  output_tokens integer not null,
  cost_usd real not null,
  primary key (day, automation_id, agent_name)
) strict, without rowid;
create index usage_days_by_automation on usage_days (automation_id, day);

create table agent_holds (
  agent_name text primary key,
  until integer not null,
  reason text not null
) strict, without rowid;

create table sessions (
  seq integer primary key,
  id text not null unique,
  run_id text not null,
  agent_name text not null,
  workspace_id text,
  cwd text not null,
  agent_session_id text,
  started_at integer not null,
  ended_at integer,
  stop_reason text,
  stop_detail text,
  input_tokens integer,
  output_tokens integer,
  cost_usd real,
  transcript_bytes integer not null,
  transcript_truncated integer not null check (transcript_truncated in (0, 1))
) strict;
create index sessions_by_run on sessions (run_id);

create table transcript_entries (
  session integer not null references sessions (seq) on delete cascade,
  seq integer not null check (seq >= 1),
  at integer not null,
  kind text not null,
  text text not null,
  detail text,
  primary key (session, seq)
) strict, without rowid;

create table workspaces (
  id text primary key,
  name text not null unique,
  path text not null unique,
  trusted integer not null check (trusted in (0, 1)),
  created_at integer not null
) strict, without rowid;

create table facts (
  name text primary key,
  value text not null,
  updated_at integer not null
) strict, without rowid;
`,
};
