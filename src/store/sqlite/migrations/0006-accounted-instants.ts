/** Up to where the instants of a job have their rows, told apart by why. A released file never changes. */
import type { Migration } from './migration.ts';

export const accountedInstants: Migration = {
  version: 6,
  name: 'accounted-instants',
  sql: `
-- last_scheduled_at said both: what was due and decided, and what the row of a limit covers in advance. A clock that is
-- set back must not undo the first, and an edit must undo the second.
alter table cursors add column accounted_until integer;
alter table cursors add column covered_until integer;
alter table cursors add column covered_by text;
update cursors set accounted_until = min(last_scheduled_at, updated_at) where last_scheduled_at is not null;
`,
};
