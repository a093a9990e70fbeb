/** Sessions as a list, conversations that go on, and what forgetting needs to find quickly. A released file never changes. */
import type { Migration } from './migration.ts';

export const retention: Migration = {
  version: 7,
  name: 'retention',
  additive: true,
  sql: `
alter table sessions add column automation_id text collate "C";
alter table sessions add column transcript_removed_at bigint;
update sessions set automation_id = (select automation_id from runs where runs.id = sessions.run_id);
create index sessions_by_start on sessions (started_at, seq);
create index sessions_by_automation on sessions (automation_id, started_at, seq) where automation_id is not null;
create index sessions_by_agent on sessions (agent_name, started_at, seq);
create index sessions_with_transcript on sessions (ended_at)
  where ended_at is not null and transcript_removed_at is null and transcript_bytes > 0;

-- The agent's own conversation with which an automation goes on.
create table continued_sessions (
  automation_id text collate "C" primary key references automations (id) on delete cascade,
  agent_name text collate "C" not null,
  cwd text collate "C" not null,
  agent_session_id text collate "C" not null,
  turns bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cost_usd double precision not null,
  begun_at bigint not null,
  last_run_id text collate "C" not null
);
`,
};
