/**
 * What excludes what. The automation's lock of the port is the lock of its row; a step takes it before it reads what it
 * decides by. Three things are true of the whole cluster and have a lock of their own, held for one short transaction:
 * the caps (who claims), the names (who writes definitions), and the intake of activations. Order: one of these first, then automations, then
 * runs. Whoever holds several automations either took them in order of `seq` or passed over those that were taken, so
 * nobody waits in a circle.
 */
import type { AutomationRow } from '../rows/automation-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import { AUTOMATION_COLUMNS } from '../rows/automation-statements.ts';
import { FULL_RUN } from '../rows/run-statements.ts';
import type { Connection } from './database.ts';

/** "Rous" in ASCII: tells our locks from those of other programs in the same database. */
const SPACE = 0x526f7573;
const LOCK = 'select pg_advisory_xact_lock(?::int, ?::int)';

/** Taken before slots are counted and given out: no two nodes see the same free one. */
export async function lockCaps(connection: Connection): Promise<void> {
  await connection.run(LOCK, SPACE, 1);
}

/** Taken before names and webhook ids are looked up in order to be taken. */
export async function lockNames(connection: Connection): Promise<void> {
  await connection.run(LOCK, SPACE, 2);
}

/**
 * Taken before activations are looked up in order to be stored: what repeats one is seen, and no two steps take the
 * automations of many triggers in different orders.
 */
export async function lockIntake(connection: Connection): Promise<void> {
  await connection.run(LOCK, SPACE, 4);
}

/** The same for what any node may go on with; false when another one does so right now. */
export async function tryLockIntake(connection: Connection): Promise<boolean> {
  const sql = 'select pg_try_advisory_xact_lock(?::int, ?::int) as locked';
  return (await connection.one<{ locked: boolean }>(sql, SPACE, 4))?.locked === true;
}

const LOCK_AUTOMATION = `select ${AUTOMATION_COLUMNS} from automations where id = ? for update`;

/** The automation as it stands once nobody else changes it; undefined when there is none (any more). */
export function lockAutomation(connection: Connection, id: string): Promise<AutomationRow | undefined> {
  return connection.one<AutomationRow>(LOCK_AUTOMATION, id);
}

const LOCK_RUN = `${FULL_RUN} where runs.id = ? for update of runs`;

/**
 * The run under its automation's lock. The run's own row is locked as well, because the automation may be gone while
 * the run still runs.
 */
export async function lockRun(
  connection: Connection,
  id: string,
): Promise<{ row: FullRunRow; automation: AutomationRow | undefined } | undefined> {
  const found = await connection.one<{ automation_id: string }>('select automation_id from runs where id = ?', id);
  if (found === undefined) return undefined;
  const automation = await lockAutomation(connection, found.automation_id);
  const row = await connection.one<FullRunRow>(LOCK_RUN, id);
  return row === undefined ? undefined : { row, automation };
}

const LOCK_FREE = `select ${AUTOMATION_COLUMNS} from automations where id = any(?) order by seq for update skip locked`;

/** Those of these automations that nobody else holds right now. */
export function lockFreeAutomations(connection: Connection, ids: readonly string[]): Promise<AutomationRow[]> {
  return connection.all<AutomationRow>(LOCK_FREE, ids);
}
