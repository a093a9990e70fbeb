/**
 * Runs that ask for labels of nodes stand in lanes of their own; workspaces ask too. A node that knows nothing of labels
 * goes on beside this, and starts what it should leave to others until its turn to be upgraded comes. Answers to
 * permission requests wait for whoever executes the run. A released file never changes.
 */
import type { Migration } from './migration.ts';

export const nodeLabels: Migration = {
  version: 13,
  name: 'node labels',
  additive: true,
  sql: `
alter table runs add column permission_reply text collate "C";
alter table runs add column node_labels text collate "C" not null default '';
alter table workspaces add column node_labels text collate "C" not null default '';
alter table nodes add column cap bigint not null default 0;

drop index runs_ready;
create index runs_ready on runs
  (agent_name, workspace_id, node_labels, priority desc, catch_up, order_at, created_at, seq) where queue = 'ready';
`,
};
