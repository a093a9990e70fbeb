/**
 * Making the definitions of one source equal to what the files say, in one transaction that touches only what differs.
 */
import type { Automation } from '../../model/automation.ts';
import type { AutomationRow } from '../rows/automation-row.ts';
import { definitionText } from '../rows/stored-definition.ts';
import type { DefinitionStore } from '../definition-store.ts';
import { AUTOMATION_COLUMNS } from './automation-row.ts';
import { findCollision, insertAutomation, removeAutomation, updateDefinition } from './automation-write.ts';
import type { Connection, Database } from './database.ts';
import { lockAutomation, lockNames } from './locks.ts';

type Sync = Parameters<DefinitionStore['syncAutomations']>[0];
type SyncResult = Awaited<ReturnType<DefinitionStore['syncAutomations']>>;

/** A definition that is to be written, over `row` where there is one. */
interface Pending {
  automation: Automation;
  row: AutomationRow | undefined;
}

export function syncAutomations(database: Database, p: Sync): Promise<SyncResult> {
  return database.write(async (connection) => {
    const result: SyncResult = { created: [], changed: [], deleted: [], unchanged: 0, taken: [] };
    await lockNames(connection);
    const stored = await storedOf(connection, p.source);
    const kept = new Set(p.keep_ids);
    const wanted = new Set(p.automations.map((automation) => automation.id));
    // Deleted first: what they held (a name, a webhook id) may be what a new one wants.
    for (const known of stored.values()) {
      if (wanted.has(known.id) || kept.has(known.id)) continue;
      const row = (await lockAutomation(connection, known.id)) ?? known;
      await removeAutomation(connection, { now: p.now, row, actor: p.source });
      result.deleted.push(row.id);
    }
    await write(connection, p, collectPending(p, { stored, kept, result }), result);
    return result;
  });
}

/** Not locked yet: most of them stay as they are, and nobody but the holder of the names writes their definitions. */
async function storedOf(connection: Connection, source: Sync['source']): Promise<Map<string, AutomationRow>> {
  const rows = await connection.all<AutomationRow>(
    `select ${AUTOMATION_COLUMNS} from automations where source = ? and source <> 'dynamic' order by seq`,
    source,
  );
  return new Map(rows.map((row) => [row.id, row]));
}

function collectPending(
  p: Sync,
  known: { stored: Map<string, AutomationRow>; kept: Set<string>; result: SyncResult },
): Pending[] {
  const pending = new Map<string, Pending>();
  for (const automation of p.automations) {
    if (known.kept.has(automation.id)) continue;
    const row = known.stored.get(automation.id);
    if (row !== undefined && row.definition === definitionText(automation)) known.result.unchanged += 1;
    else if (pending.has(automation.id)) known.result.taken.push(automation.id);
    else pending.set(automation.id, { automation, row });
  }
  return [...pending.values()];
}

/**
 * Writes in rounds: what collides with a definition that is still to be written waits for it. What is left when a
 * round changes nothing is a circle of webhook ids handed on, which is opened, or is really held by somebody else.
 */
async function write(connection: Connection, p: Sync, pending: readonly Pending[], result: SyncResult): Promise<void> {
  let left = [...pending];
  for (let before = -1; before !== left.length && left.length > 0;) {
    before = left.length;
    left = await writeEach(connection, p, left, result);
  }
  for (const one of await webhookCircle(connection, left)) {
    await connection.run('update automations set webhook_id = null where seq = ?', one.row.seq);
  }
  for (const one of await writeEach(connection, p, left, result)) result.taken.push(one.automation.id);
}

/** Those that could not be written. */
async function writeEach(
  connection: Connection,
  p: Sync,
  pending: readonly Pending[],
  result: SyncResult,
): Promise<Pending[]> {
  const left: Pending[] = [];
  for (const one of pending) if (!(await writeOne(connection, p, one, result))) left.push(one);
  return left;
}

/** False when something it wants is held by another definition, or its id by one of another source. */
async function writeOne(connection: Connection, p: Sync, one: Pending, result: SyncResult): Promise<boolean> {
  const { automation } = one;
  const { now, placeCursor } = p;
  if ((await findCollision(connection, automation)) !== undefined) return false;
  if (one.row === undefined) {
    if ((await connection.one('select 1 as one from automations where id = ?', automation.id)) !== undefined) {
      return false;
    }
    await insertAutomation(connection, { now, automation, placeCursor });
    result.created.push(automation.id);
  } else {
    const row = (await lockAutomation(connection, one.row.id)) ?? one.row;
    await updateDefinition(connection, { now, row, automation, placeCursor });
    result.changed.push(automation.id);
  }
  return true;
}

/** Those among `left` whose webhook id is held by another of them, which in turn waits for one of them. */
async function webhookCircle(
  connection: Connection,
  left: readonly Pending[],
): Promise<(Pending & { row: AutomationRow })[]> {
  const holders = new Map<string, string | undefined>();
  for (const { automation } of left) {
    const collision = await findCollision(connection, automation);
    const isHook = collision?.outcome === 'trigger_webhook_id_taken';
    holders.set(automation.id, isHook ? collision.holderId : undefined);
  }
  let circle = left.filter((one): one is Pending & { row: AutomationRow } => one.row !== undefined);
  for (let before = -1; before !== circle.length;) {
    before = circle.length;
    const ids = new Set(circle.map((one) => one.automation.id));
    circle = circle.filter((one) => ids.has(holders.get(one.automation.id) ?? ''));
  }
  return circle;
}
