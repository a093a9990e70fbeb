/** An automation as a row with its overlay, whichever database keeps it, and the record that it makes. */
import type { Automation } from '../../model/automation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Job } from '../../model/job.ts';
import type { Run } from '../../model/run.ts';
import type { Cursor } from '../cursor.ts';
import type { AutomationRecord } from '../definition-store.ts';
import type { DefinitionColumns, ReadDefinition } from './stored-definition.ts';

export interface AutomationRow extends DefinitionColumns {
  seq: number;
  webhook_id: string | null;
  revision: number;
  overlay_enabled: 0 | 1 | null;
  overlay_at: EpochMs | null;
  consecutive_failures: number;
  paused_at: EpochMs | null;
  paused_error: string | null;
  paused_run: string | null;
}

/** Off while paused; else the overlay where there is one, else the definition's own. */
export function effectiveEnabled(
  row: Pick<AutomationRow, 'overlay_enabled' | 'paused_at'>,
  automation: Automation,
): boolean {
  if (row.paused_at !== null) return false;
  return row.overlay_enabled === null ? automation.enabled : row.overlay_enabled === 1;
}

/** What cannot be read is off. */
export function isEnabled(row: AutomationRow, read: ReadDefinition): boolean {
  return read.unreadable === undefined && effectiveEnabled(row, read.automation);
}

/** The job as decisions see it: switched as it effectively is. */
export function effectiveJob(automation: Automation, enabled: boolean): Job {
  return { ...(automation as Job), enabled };
}

/** The record of the port; `cursor` is a job's, `lastRun` without its texts. */
export function makeRecord(p: {
  row: AutomationRow;
  read: ReadDefinition;
  cursor: Cursor | undefined;
  lastRun: Run | undefined;
}): AutomationRecord {
  const { row, read } = p;
  const record: AutomationRecord = {
    automation: read.automation,
    revision: row.revision,
    enabled: isEnabled(row, read),
    consecutive_failures: row.consecutive_failures,
  };
  if (row.overlay_enabled !== null && row.overlay_at !== null) {
    record.overlay = { enabled_override: row.overlay_enabled === 1, updated_at: row.overlay_at };
  }
  if (row.paused_at !== null) record.paused = { at: row.paused_at, error: row.paused_error ?? '' };
  if (p.cursor !== undefined) record.cursor = p.cursor;
  if (read.unreadable !== undefined) record.unreadable = read.unreadable;
  if (p.lastRun !== undefined) record.last_run = p.lastRun;
  return record;
}
