/**
 * Making the definitions of one source equal to what the files say, in one transaction that touches only what differs.
 */
import type { AutomationRow } from '../rows/automation-row.ts';
import { findCollision, insertAutomation, removeAutomation, updateDefinition } from './automation-write.ts';
import { FREE_WEBHOOK_ID, OF_SOURCE } from '../rows/automation-statements.ts';
import {
  type Pending,
  type Sync,
  type SyncResult,
  collectPending,
  emptySyncResult,
  goneOf,
  webhookCircle,
} from '../rows/definition-sync.ts';
import type { Connection } from './connection.ts';

export function syncAutomations(connection: Connection, p: Sync): SyncResult {
  return connection.write(() => {
    const result = emptySyncResult();
    const stored = connection.all<AutomationRow>(OF_SOURCE, p.source);
    // Deleted first: what they held (a name, a webhook id) may be what a new one wants.
    for (const row of goneOf(p, stored)) {
      removeAutomation(connection, { now: p.now, row, actor: p.source });
      result.deleted.push(row.id);
    }
    write(connection, p, collectPending(p, stored, result), result);
    return result;
  });
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
  const colliding = left.map((one) => ({ ...one, collision: findCollision(connection, one.automation) }));
  for (const one of webhookCircle(colliding)) connection.run(FREE_WEBHOOK_ID, one.row.seq);
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
