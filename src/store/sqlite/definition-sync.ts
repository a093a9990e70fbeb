/**
 * Making the definitions of one source equal to what the files say, in one transaction that touches only what differs.
 */
import type { Automation } from '../../model/automation.ts';
import type { DefinitionStore } from '../definition-store.ts';
import { AUTOMATION_COLUMNS } from './automation-row.ts';
import type { AutomationRow } from '../rows/automation-row.ts';
import { findCollision, insertAutomation, removeAutomation, updateDefinition } from './automation-write.ts';
import type { Connection } from './connection.ts';
import { definitionText } from '../rows/stored-definition.ts';

type Sync = Parameters<DefinitionStore['syncAutomations']>[0];
type SyncResult = Awaited<ReturnType<DefinitionStore['syncAutomations']>>;

/** A definition that is to be written, over `row` where there is one. */
interface Pending {
  automation: Automation;
  row: AutomationRow | undefined;
}

export function syncAutomations(connection: Connection, p: Sync): SyncResult {
  return connection.write(() => {
    const result: SyncResult = { created: [], changed: [], deleted: [], unchanged: 0, taken: [] };
    const stored = storedOf(connection, p.source);
    const kept = new Set(p.keep_ids);
    const wanted = new Set(p.automations.map((automation) => automation.id));
    // Deleted first: what they held (a name, a webhook id) may be what a new one wants.
    for (const row of stored.values()) {
      if (wanted.has(row.id) || kept.has(row.id)) continue;
      removeAutomation(connection, { now: p.now, row, actor: p.source });
      result.deleted.push(row.id);
    }
    write(connection, p, collectPending(p, { stored, kept, result }), result);
    return result;
  });
}

function storedOf(connection: Connection, source: Sync['source']): Map<string, AutomationRow> {
  const rows = connection.all<AutomationRow>(
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
function write(connection: Connection, p: Sync, pending: readonly Pending[], result: SyncResult): void {
  let left = [...pending];
  for (let before = -1; before !== left.length && left.length > 0;) {
    before = left.length;
    left = left.filter((one) => !writeOne(connection, p, one, result));
  }
  for (const one of webhookCircle(connection, left)) {
    connection.run('update automations set webhook_id = null where seq = ?', one.row.seq);
  }
  for (const one of left) if (!writeOne(connection, p, one, result)) result.taken.push(one.automation.id);
}

/** False when something it wants is held by another definition, or its id by one of another source. */
function writeOne(connection: Connection, p: Sync, one: Pending, result: SyncResult): boolean {
  const { automation, row } = one;
  if (findCollision(connection, automation) !== undefined) return false;
  if (row === undefined) {
    if (connection.one('select 1 from automations where id = ?', automation.id) !== undefined) return false;
    insertAutomation(connection, { now: p.now, automation, placeCursor: p.placeCursor });
    result.created.push(automation.id);
  } else {
    updateDefinition(connection, { now: p.now, row, automation, placeCursor: p.placeCursor });
    result.changed.push(automation.id);
  }
  return true;
}

/** Those among `left` whose webhook id is held by another of them, which in turn waits for one of them. */
function webhookCircle(connection: Connection, left: readonly Pending[]): (Pending & { row: AutomationRow })[] {
  let circle = left.filter((one): one is Pending & { row: AutomationRow } => one.row !== undefined);
  for (let before = -1; before !== circle.length;) {
    before = circle.length;
    const ids = new Set(circle.map((one) => one.automation.id));
    circle = circle.filter((one) => {
      const collision = findCollision(connection, one.automation);
      return collision?.outcome === 'trigger_webhook_id_taken' && ids.has(collision.holderId);
    });
  }
  return circle;
}
