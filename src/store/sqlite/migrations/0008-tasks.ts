/** Tasks and their leases. A released file never changes. */
import type { Migration } from './migration.ts';

export const tasks: Migration = {
  version: 8,
  name: 'tasks',
  sql: `
-- A task and its one task run in one row: who claims looks at both, and so does every list.
-- History outlives automations and runs, so run_id and automation_id are no foreign keys.
create table tasks (
  seq integer primary key,
  id text not null unique,
  task_run_id text not null unique,
  idempotency_key text not null unique,
  run_id text unique,
  automation_id text,
  title text not null,
  description text,
  owner_kind text,
  owner_ref text,
  network_channel text,
  workspace_id text,
  priority integer not null,
  status text not null check (status in ('queued', 'claimed', 'completed', 'failed', 'canceled')),
  token text,
  claims integer not null default 0,
  lapses integer not null default 0,
  claimed_by text,
  claimed_at integer,
  heartbeat_at integer,
  lease_expires_at integer,
  cancel_error text,
  cancel_by text,
  output text,
  error text,
  ended_by text,
  ended_at integer,
  created_by text not null,
  created_at integer not null,
  updated_at integer not null,
  check ((lease_expires_at is not null) = (status = 'claimed')),
  check ((ended_at is not null) = (status in ('completed', 'failed', 'canceled'))),
  check ((owner_kind is null) = (owner_ref is null)),
  check ((run_id is null) = (automation_id is null))
) strict;
create index tasks_queued on tasks (priority desc, seq) where status = 'queued';
create index tasks_queued_by_owner on tasks (owner_kind, owner_ref, priority desc, seq) where status = 'queued';
create index tasks_queued_by_channel on tasks (network_channel, priority desc, seq) where status = 'queued';
create index tasks_leased on tasks (lease_expires_at) where status = 'claimed';
create index tasks_by_token on tasks (token) where token is not null;
create index tasks_open_by_automation on tasks (automation_id) where automation_id is not null and status in ('queued', 'claimed');
create index tasks_to_cancel on tasks (seq) where cancel_by is not null and status in ('queued', 'claimed');
create index tasks_by_status on tasks (status, seq);
create index tasks_by_owner on tasks (owner_kind, owner_ref, seq) where owner_kind is not null;
create index tasks_by_channel on tasks (network_channel, seq) where network_channel is not null;
create index tasks_by_workspace on tasks (workspace_id, seq) where workspace_id is not null;
create index tasks_by_automation on tasks (automation_id, seq) where automation_id is not null;

create trigger tasks_finished_stay before update on tasks
when old.status in ('completed', 'failed', 'canceled') begin
  select raise(abort, 'a finished task never changes');
end;

create trigger tasks_completion_is_told after update of status on tasks
when new.status = 'completed' and old.status <> new.status begin
  insert into occurrences (at, kind, subject_id) values (new.ended_at, 'task.completed', new.id);
end;

-- Waiting runs of jobs with a task stand in the lane without an agent, and are looked for there before their time comes.
update runs set agent_name = '' where queue is not null and automation_id in (
  select id from automations where kind = 'job' and json_valid(definition) and json_extract(definition, '$.task') is not null
);
create index runs_later_to_delegate on runs (available_at) where queue = 'later' and agent_name = '';
`,
};
