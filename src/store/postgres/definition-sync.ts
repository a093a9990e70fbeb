/**
 * Making the definitions of one source equal to what the files say, in one transaction that touches only what differs.
 */
import type { AutomationRow } from '../rows/automation-row.ts';
import { findCollision, insertAutomation, removeAutomation, updateDefinition } from './automation-write.ts';
import { FREE_WEBHOOK_ID, OF_SOURCE } from '../rows/automation-statements.ts';
import type { Collision } from '../rows/definition-columns.ts';
import {
  type Pending,
  type Sync,
  type SyncResult,
  collectPending,
  emptySyncResult,
  goneOf,
  webhookCircle,
} from '../rows/definition-sync.ts';
import type { Connection, Database } from './database.ts';
import { lockAutomation, lockNames } from './locks.ts';

export function syncAutomations(database: Database, p: Sync): Promise<SyncResult> {
  return database.write(async (connection) => {
    const result = emptySyncResult();
    await lockNames(connection);
    // Not locked yet: most of them stay as they are, and nobody but the holder of the names writes their definitions.
    const stored = await connection.all<AutomationRow>(OF_SOURCE, p.source);
    // Deleted first: what they held (a name, a webhook id) may be what a new one wants.
    for (const gone of goneOf(p, stored)) {
      const row = (await lockAutomation(connection, gone.id)) ?? gone;
      await removeAutomation(connection, { now: p.now, row, actor: p.source });
      result.deleted.push(row.id);
    }
    await write(connection, p, collectPending(p, stored, result), result);
    return result;
  });
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
  const colliding: (Pending & { collision: Collision | undefined })[] = [];
  for (const one of left) colliding.push({ ...one, collision: await findCollision(connection, one.automation) });
  for (const one of webhookCircle(colliding)) await connection.run(FREE_WEBHOOK_ID, one.row.seq);
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
