/** The account of what decided an automation's instants: one row per change, written by the step that made it. */
import type { EpochMs } from '../../model/instant.ts';
import type { AutomationChange } from '../store.ts';
import type { AutomationRow } from './automation-row.ts';
import type { Connection } from './connection.ts';
import { parseDefinition } from './stored-definition.ts';
import { asBit, orNull } from './value.ts';

const INSERT = `insert into automation_changes (automation_id, at, kind, enabled, detail, created_at, updated_at, definition)
  values (?, ?, ?, ?, ?, ?, ?, ?)`;

/** `row` is the automation afterwards, or, for `deleted`, what it was. */
export function recordChange(
  connection: Connection,
  p: {
    now: EpochMs;
    kind: AutomationChange['kind'];
    row: Pick<AutomationRow, 'id' | 'created_at' | 'updated_at' | 'definition'>;
    enabled: boolean;
    detail?: string;
  },
): void {
  const { row } = p;
  const definition = p.kind === 'deleted' ? [null, null, null] : [row.created_at, row.updated_at, row.definition];
  connection.run(INSERT, row.id, p.now, p.kind, asBit(p.enabled), orNull(p.detail), ...definition);
}

interface ChangeRow {
  automation_id: string;
  at: EpochMs;
  kind: AutomationChange['kind'];
  enabled: 0 | 1;
  detail: string | null;
  created_at: EpochMs | null;
  updated_at: EpochMs | null;
  definition: string | null;
}

const NEWEST = `select * from automation_changes where automation_id = ? and at <= ? order by at desc, seq desc limit ?`;

export function listAutomationChanges(
  connection: Connection,
  p: { automation_id: string; until: EpochMs; limit: number },
): AutomationChange[] {
  const limit = Math.max(1, Math.min(1000, Math.trunc(p.limit)));
  return connection.all<ChangeRow>(NEWEST, p.automation_id, p.until, limit).map(changeOf).toReversed();
}

/** A definition that cannot be read any more is left out; that there was a change is still true. */
function changeOf(row: ChangeRow): AutomationChange {
  const change: AutomationChange = {
    automation_id: row.automation_id,
    at: row.at,
    kind: row.kind,
    enabled: row.enabled === 1,
  };
  if (row.detail !== null) change.detail = row.detail;
  if (row.definition === null || row.created_at === null || row.updated_at === null) return change;
  const identity = { id: row.automation_id, created_at: row.created_at, updated_at: row.updated_at };
  const job = parseDefinition(row.definition, { ...identity, kind: 'job' });
  const read = job.unreadable === undefined ? job : parseDefinition(row.definition, { ...identity, kind: 'trigger' });
  if (read.unreadable === undefined) change.automation = read.automation;
  return change;
}
