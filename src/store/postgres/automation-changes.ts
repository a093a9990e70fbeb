/** The account of what decided an automation's instants: one row per change, written by the step that made it. */
import type { EpochMs } from '../../model/instant.ts';
import { changeOf } from '../rows/automation-change-row.ts';
import type { ChangeRow } from '../rows/automation-change-row.ts';
import type { AutomationRow } from '../rows/automation-row.ts';
import { asBit, orNull } from '../rows/value.ts';
import type { AutomationChange } from '../account-store.ts';
import type { Connection } from './database.ts';

const INSERT = `insert into automation_changes (automation_id, at, kind, enabled, detail, created_at, updated_at, definition)
  values (?, ?, ?, ?, ?, ?, ?, ?)`;

/** `row` is the automation afterwards, or, for `deleted`, what it was. */
export async function recordChange(
  connection: Connection,
  p: {
    now: EpochMs;
    kind: AutomationChange['kind'];
    row: Pick<AutomationRow, 'id' | 'created_at' | 'updated_at' | 'definition'>;
    enabled: boolean;
    detail?: string;
  },
): Promise<void> {
  const { row } = p;
  const definition = p.kind === 'deleted' ? [null, null, null] : [row.created_at, row.updated_at, row.definition];
  await connection.run(INSERT, row.id, p.now, p.kind, asBit(p.enabled), orNull(p.detail), ...definition);
}

const NEWEST = `select * from automation_changes where automation_id = ? and at <= ? order by at desc, seq desc limit ?`;

export async function listAutomationChanges(
  connection: Connection,
  p: { automation_id: string; until: EpochMs; limit: number },
): Promise<AutomationChange[]> {
  const limit = Math.max(1, Math.min(1000, Math.trunc(p.limit)));
  const rows = await connection.all<ChangeRow>(NEWEST, p.automation_id, p.until, limit);
  return rows.map(changeOf).toReversed();
}
