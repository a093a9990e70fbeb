/** What making the definitions of one source equal to its files comes to: what is new, changed, gone, and in the way. */
import type { Automation } from '../../model/automation.ts';
import type { DefinitionStore } from '../definition-store.ts';
import type { AutomationRow } from './automation-row.ts';
import type { Collision } from './definition-columns.ts';
import { definitionText } from './stored-definition.ts';

export type Sync = Parameters<DefinitionStore['syncAutomations']>[0];
export type SyncResult = Awaited<ReturnType<DefinitionStore['syncAutomations']>>;

export function emptySyncResult(): SyncResult {
  return { created: [], changed: [], deleted: [], unchanged: 0, taken: [] };
}

/** A definition that is to be written, over `row` where there is one. */
export interface Pending {
  automation: Automation;
  row: AutomationRow | undefined;
}

/** Those that the files no longer name. */
export function goneOf(p: Sync, stored: readonly AutomationRow[]): AutomationRow[] {
  const kept = new Set([...p.keep_ids, ...p.automations.map((automation) => automation.id)]);
  return stored.filter((row) => !kept.has(row.id));
}

/** Enters into `result` what needs no writing. */
export function collectPending(p: Sync, stored: readonly AutomationRow[], result: SyncResult): Pending[] {
  const rows = new Map(stored.map((row) => [row.id, row]));
  const kept = new Set(p.keep_ids);
  const pending = new Map<string, Pending>();
  for (const automation of p.automations) {
    if (kept.has(automation.id)) continue;
    const row = rows.get(automation.id);
    if (row !== undefined && row.definition === definitionText(automation)) result.unchanged += 1;
    else if (pending.has(automation.id)) result.taken.push(automation.id);
    else pending.set(automation.id, { automation, row });
  }
  return [...pending.values()];
}

/** Those whose webhook id is held by another of them, which in turn waits for one of them. */
export function webhookCircle(
  left: readonly (Pending & { collision: Collision | undefined })[],
): (Pending & { row: AutomationRow })[] {
  const holders = new Map(
    left.map(({ automation, collision }) => [
      automation.id,
      collision?.outcome === 'trigger_webhook_id_taken' ? collision.holderId : '',
    ]),
  );
  let circle = left.filter((one): one is (typeof left)[number] & { row: AutomationRow } => one.row !== undefined);
  for (let before = -1; before !== circle.length;) {
    before = circle.length;
    const ids = new Set(circle.map((one) => one.automation.id));
    circle = circle.filter((one) => ids.has(holders.get(one.automation.id) ?? ''));
  }
  return circle;
}
