/** Automations in their table, with their cursors and last runs; reading them as the records of the port. */
import type { Automation } from '../../model/automation.ts';
import { RUN_STATUSES } from '../../model/run.ts';
import { makeRecord } from '../rows/automation-row.ts';
import type { AutomationRow } from '../rows/automation-row.ts';
import { runOf } from '../rows/run-row.ts';
import type { RunRow } from '../rows/run-row.ts';
import { readDefinition } from '../rows/stored-definition.ts';
import type { ReadDefinition } from '../rows/stored-definition.ts';
import type { AutomationRecord } from '../definition-store.ts';
import { cursorOf, readCursors } from './cursor-row.ts';
import { AUTOMATION_COLUMNS } from '../rows/automation-statements.ts';
import type { Connection } from './database.ts';

export function findAutomation(connection: Connection, id: string): Promise<AutomationRow | undefined> {
  return connection.one<AutomationRow>(`select ${AUTOMATION_COLUMNS} from automations where id = ?`, id);
}

// The newest of each status by its index, per automation; without the status the whole history would be sorted.
const LAST_RUNS = `select last.* from unnest(?::text[]) as wanted (id) cross join lateral (
  select * from runs where runs.seq = (select seq from (
    ${RUN_STATUSES.map(
      (status) =>
        `(select seq, created_at from runs where automation_id = wanted.id and status = '${status}'
          order by created_at desc, seq desc limit 1)`,
    ).join(' union all ')}) as newest order by created_at desc, seq desc limit 1)) as last`;

/** Records of many rows in two statements. */
export async function readRecords<A extends Automation = Automation>(
  connection: Connection,
  rows: readonly AutomationRow[],
): Promise<AutomationRecord<A>[]> {
  if (rows.length === 0) return [];
  const cursors = await readCursors(
    connection,
    rows.filter((row) => row.kind === 'job').map((row) => row.seq),
  );
  const runs = await connection.all<RunRow>(
    LAST_RUNS,
    rows.map((row) => row.id),
  );
  const lastRuns = new Map(runs.map((run) => [run.automation_id, runOf(run)]));
  return rows.map((row) => {
    const cursor = cursors.get(row.seq);
    return makeRecord({
      row,
      read: readDefinition(row),
      cursor: cursor === undefined ? undefined : cursorOf(cursor, row.id),
      lastRun: lastRuns.get(row.id),
    }) as AutomationRecord<A>;
  });
}

export async function readRecord<A extends Automation = Automation>(
  connection: Connection,
  row: AutomationRow,
): Promise<AutomationRecord<A>> {
  return (await readRecords<A>(connection, [row]))[0]!;
}

/** The record with a definition that was read already. */
export async function recordOf(
  connection: Connection,
  row: AutomationRow,
  read: ReadDefinition,
): Promise<AutomationRecord> {
  return { ...(await readRecord(connection, row)), automation: read.automation };
}
