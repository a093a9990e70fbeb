/** A change of what decides an automation's instants as a row, whichever database keeps it. */
import type { EpochMs } from '../../model/instant.ts';
import type { AutomationChange } from '../account-store.ts';
import { parseDefinition } from './stored-definition.ts';

export interface ChangeRow {
  automation_id: string;
  at: EpochMs;
  kind: AutomationChange['kind'];
  enabled: 0 | 1;
  detail: string | null;
  created_at: EpochMs | null;
  updated_at: EpochMs | null;
  definition: string | null;
}

/** A definition that cannot be read any more is left out; that there was a change is still true. */
export function changeOf(row: ChangeRow): AutomationChange {
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
