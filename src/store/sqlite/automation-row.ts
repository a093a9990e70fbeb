/** An automation as a row with its overlay, its cursor and its last run; reading it as the record of the port. */
import { type Automation } from '../../model/automation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Job } from '../../model/job.ts';
import { RUN_STATUSES } from '../../model/run.ts';
import type { Run } from '../../model/run.ts';
import type { AutomationRecord } from '../store.ts';
import type { Connection } from './connection.ts';
import { readCursor } from './cursor-row.ts';
import { runOf } from './run-row.ts';
import type { RunRow } from './run-row.ts';
import { readDefinition } from './stored-definition.ts';
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

const COLUMN_NAMES = [
  'seq',
  'id',
  'kind',
  'scope',
  'workspace_id',
  'name',
  'source',
  'agent_name',
  'event',
  'webhook_id',
  'revision',
  'overlay_enabled',
  'overlay_at',
  'consecutive_failures',
  'paused_at',
  'paused_error',
  'paused_run',
  'created_at',
  'updated_at',
  'definition',
];

export const AUTOMATION_COLUMNS = COLUMN_NAMES.map((name) => `automations.${name}`).join(', ');

export function findAutomation(connection: Connection, id: string): AutomationRow | undefined {
  return connection.one<AutomationRow>(`select ${AUTOMATION_COLUMNS} from automations where id = ?`, id);
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

export function readRecord<A extends Automation = Automation>(
  connection: Connection,
  row: AutomationRow,
): AutomationRecord<A> {
  return recordOf(connection, row, readDefinition(row)) as AutomationRecord<A>;
}

export function recordOf(connection: Connection, row: AutomationRow, read: ReadDefinition): AutomationRecord {
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
  const cursor = row.kind === 'job' ? readCursor(connection, { automation: row.seq, jobId: row.id }) : undefined;
  if (cursor !== undefined) record.cursor = cursor;
  if (read.unreadable !== undefined) record.unreadable = read.unreadable;
  const lastRun = findLastRun(connection, row.id);
  if (lastRun !== undefined) record.last_run = lastRun;
  return record;
}

/** The job as decisions see it: switched as it effectively is. */
export function effectiveJob(automation: Automation, enabled: boolean): Job {
  return { ...(automation as Job), enabled };
}

// The newest of each status by its index; without the status the whole history would be read and sorted.
const LAST_RUN = `select * from runs where seq = (select seq from (
  ${RUN_STATUSES.map(
    (status) =>
      `select * from (select seq, created_at from runs where automation_id = ? and status = '${status}'
        order by created_at desc, seq desc limit 1)`,
  ).join(' union all ')}) order by created_at desc, seq desc limit 1)`;

function findLastRun(connection: Connection, automationId: string): Run | undefined {
  const row = connection.one<RunRow>(LAST_RUN, ...RUN_STATUSES.map(() => automationId));
  return row === undefined ? undefined : runOf(row);
}
