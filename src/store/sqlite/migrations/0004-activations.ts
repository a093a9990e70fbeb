/** What happened, what was considered for it, and what waits to be told. A released file never changes. */
import type { Migration } from './migration.ts';

export const activations: Migration = {
  version: 4,
  name: 'activations',
  sql: `
-- Where an event finds its triggers: each trigger stands here once, under its most selective equality. path is empty
-- for a trigger without a filter. Webhook triggers are addressed by their id, so they do not stand here.
create table trigger_index (
  automation integer primary key references automations (seq) on delete cascade,
  event text not null,
  scope text not null,
  workspace_id text not null,
  path text not null,
  wanted text not null
) strict;
create index trigger_index_lookup on trigger_index (event, scope, workspace_id, path, wanted, automation);

-- Which paths an event has to be looked up by, kept by triggers: their number, not that of the triggers, is the cost.
create table trigger_paths (
  event text not null,
  scope text not null,
  workspace_id text not null,
  path text not null,
  triggers integer not null,
  primary key (event, scope, workspace_id, path)
) strict, without rowid;
create trigger trigger_index_counted_in after insert on trigger_index begin
  insert into trigger_paths (event, scope, workspace_id, path, triggers)
  values (new.event, new.scope, new.workspace_id, new.path, 1)
  on conflict (event, scope, workspace_id, path) do update set triggers = triggers + 1;
end;
create trigger trigger_index_counted_out after delete on trigger_index begin
  update trigger_paths set triggers = triggers - 1
  where event = old.event and scope = old.scope and workspace_id = old.workspace_id and path = old.path;
  delete from trigger_paths
  where event = old.event and scope = old.scope and workspace_id = old.workspace_id and path = old.path and triggers = 0;
end;
insert into trigger_index (automation, event, scope, workspace_id, path, wanted)
select seq, event, scope, workspace_id,
  case when json_valid(definition) then coalesce((select key from json_each(definition, '$.filter') order by key limit 1), '') else '' end,
  case when json_valid(definition) then coalesce((select value from json_each(definition, '$.filter') order by key limit 1), '') else '' end
from automations where kind = 'trigger' and event is not null and event <> 'webhook';

create table activations (
  seq integer primary key,
  id text not null unique,
  dedupe_key text,
  kind text not null,
  scope text not null,
  workspace_id text not null,
  source text not null,
  occurred_at integer not null,
  accepted_at integer not null,
  depth integer not null,
  cause_run_id text,
  cause_automation_id text,
  actor text,
  addressed_to text,
  gathered_by text,
  gathered_key text,
  gathered_count integer,
  -- The last candidate that was considered, while more are left; null when all were.
  match_after integer,
  considered integer not null,
  matched integer not null,
  data text not null
) strict;
create unique index activations_once on activations (dedupe_key) where dedupe_key is not null;
create index activations_by_time on activations (accepted_at);
create index activations_by_kind on activations (kind, accepted_at);
create index activations_by_workspace on activations (workspace_id, accepted_at) where workspace_id <> '';
create index activations_by_cause on activations (cause_run_id) where cause_run_id is not null;
create index activations_matching on activations (seq) where match_after is not null;

create table activation_verdicts (
  activation integer not null references activations (seq) on delete cascade,
  position integer not null,
  automation_id text not null,
  automation_name text not null,
  verdict text not null,
  detail text not null,
  run_id text,
  gathered_into text,
  primary key (activation, position)
) strict, without rowid;
create index activation_verdicts_by_trigger on activation_verdicts (automation_id, activation);

create index runs_by_event on runs (event_id) where event_id is not null;

-- Activations of one key that wait for their window. id is that of the activation which will stand for them.
create table gatherings (
  seq integer primary key,
  id text not null unique,
  automation_id text not null,
  key text not null,
  opened_at integer not null,
  due_at integer not null,
  members integer not null,
  bytes integer not null,
  closed integer not null check (closed in (0, 1))
) strict;
create unique index gatherings_open on gatherings (automation_id, key) where closed = 0;
create index gatherings_due on gatherings (due_at);
create table gathering_members (
  gathering integer not null references gatherings (seq) on delete cascade,
  activation integer not null references activations (seq),
  primary key (gathering, activation)
) strict, without rowid;
create index gathering_members_by_activation on gathering_members (activation);

-- What the steps above have to tell, written by whatever statement makes it happen.
create table occurrences (
  seq integer primary key autoincrement,
  at integer not null,
  kind text not null,
  subject_id text not null,
  detail text
) strict;
create trigger runs_end_is_told after update of status on runs
when new.status in ('completed', 'failed', 'canceled') and old.status <> new.status begin
  insert into occurrences (at, kind, subject_id) values (coalesce(new.ended_at, new.created_at), 'run.' || new.status, new.id);
end;
-- What the loop guard stopped is not told: the telling could be stopped by it again, and so on without end.
create trigger runs_refusal_is_told after insert on runs
when new.status = 'canceled' and coalesce(new.reason, '') <> 'loop_guard' begin
  insert into occurrences (at, kind, subject_id) values (new.created_at, 'run.canceled', new.id);
end;
create trigger sessions_start_is_told after insert on sessions begin
  insert into occurrences (at, kind, subject_id) values (new.started_at, 'session.created', new.id);
end;
create trigger sessions_end_is_told after update of ended_at on sessions
when old.ended_at is null and new.ended_at is not null begin
  insert into occurrences (at, kind, subject_id) values (new.ended_at, 'session.stopped', new.id);
end;
create trigger automations_pause_is_told after update of paused_at on automations
when old.paused_at is null and new.paused_at is not null begin
  insert into occurrences (at, kind, subject_id, detail) values (new.paused_at, new.kind || '.paused', new.id,
    json_object('kind', new.kind, 'name', new.name, 'workspace_id', new.workspace_id, 'error', new.paused_error,
      'consecutive_failures', new.consecutive_failures));
end;
`,
};
