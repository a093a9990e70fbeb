/** Sessions as a list, conversations that go on, and what forgetting needs to find quickly. A released file never changes. */
import type { Migration } from './migration.ts';

export const retention: Migration = {
  version: 12,
  name: 'retention',
  sql: `
alter table sessions add column automation_id text;
alter table sessions add column transcript_removed_at integer;
update sessions set automation_id = (select automation_id from runs where runs.id = sessions.run_id);
create index sessions_by_start on sessions (started_at);
create index sessions_by_automation on sessions (automation_id, started_at) where automation_id is not null;
create index sessions_by_agent on sessions (agent_name, started_at);
create index sessions_with_transcript on sessions (ended_at)
  where ended_at is not null and transcript_removed_at is null and transcript_bytes > 0;

-- The sum of all kept transcripts, kept by triggers: adding up a million sessions every hour would hold up a tick.
create table transcript_sum (
  one integer primary key check (one = 1),
  bytes integer not null
) strict, without rowid;
insert into transcript_sum (one, bytes) values (1, (select coalesce(sum(transcript_bytes), 0) from sessions));
create trigger sessions_weigh_in after insert on sessions when new.transcript_bytes <> 0 begin
  update transcript_sum set bytes = bytes + new.transcript_bytes;
end;
create trigger sessions_weigh_more after update of transcript_bytes on sessions
when new.transcript_bytes <> old.transcript_bytes and new.transcript_removed_at is null begin
  update transcript_sum set bytes = bytes + new.transcript_bytes - old.transcript_bytes;
end;
create trigger sessions_lighten after update of transcript_removed_at on sessions
when old.transcript_removed_at is null and new.transcript_removed_at is not null begin
  update transcript_sum set bytes = bytes - old.transcript_bytes;
end;
create trigger sessions_weigh_out after delete on sessions when old.transcript_removed_at is null begin
  update transcript_sum set bytes = bytes - old.transcript_bytes;
end;

-- The agent's own conversation with which an automation goes on.
create table continued_sessions (
  automation_id text primary key,
  agent_name text not null,
  cwd text not null,
  agent_session_id text not null,
  turns integer not null,
  input_tokens integer not null,
  output_tokens integer not null,
  cost_usd real not null,
  begun_at integer not null,
  last_run_id text not null
) strict, without rowid;
create trigger continued_sessions_forgotten after delete on automations begin
  delete from continued_sessions where automation_id = old.id;
end;
`,
};
