/** Automations in their table, with their cursor and last run; reading them as the record of the port. */
import type { Automation } from '../../model/automation.ts';
import { RUN_STATUSES } from '../../model/run.ts';
import type { Run } from '../../model/run.ts';
import type { AutomationRecord } from '../definition-store.ts';
import { makeRecord } from '../rows/automation-row.ts';
import type { AutomationRow } from '../rows/automation-row.ts';
import { runOf } from '../rows/run-row.ts';
import type { RunRow } from '../rows/run-row.ts';
import { readDefinition } from '../rows/stored-definition.ts';
import type { ReadDefinition } from '../rows/stored-definition.ts';
import { AUTOMATION_COLUMNS } from '../rows/automation-statements.ts';
import type { Connection } from './connection.ts';
import { readCursor } from './cursor-row.ts';

export function findAutomation(connection: Connection, id: string): AutomationRow | undefined {
  return connection.one<AutomationRow>(`select ${AUTOMATION_COLUMNS} from automations where id = ?`, id);
}

export function readRecord<A extends Automation = Automation>(
  connection: Connection,
  row: AutomationRow,
): AutomationRecord<A> {
  return recordOf(connection, row, readDefinition(row)) as AutomationRecord<A>;
}

export function recordOf(connection: Connection, row: AutomationRow, read: ReadDefinition): AutomationRecord {
  const cursor = row.kind === 'job' ? readCursor(connection, { automation: row.seq, jobId: row.id }) : undefined;
  return makeRecord({ row, read, cursor, lastRun: findLastRun(connection, row.id) });
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
