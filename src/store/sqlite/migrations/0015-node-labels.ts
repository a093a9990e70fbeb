/**
 * Runs that ask for labels of nodes stand in lanes of their own; workspaces ask too. Answers to permission requests wait
 * for whoever executes the run. A released file never changes.
 */
import type { Migration } from './migration.ts';

export const nodeLabels: Migration = {
  version: 15,
  name: 'node labels',
  sql: `
alter table runs add column permission_reply text;
alter table runs add column node_labels text not null default '';
alter table workspaces add column node_labels text not null default '';
alter table nodes add column cap integer not null default 0;

drop index runs_ready;
create index runs_ready on runs (agent_name, workspace_id, node_labels, priority desc, catch_up, order_at, created_at)
  where queue = 'ready';
`,
};
