/** The steps on single definitions and their overlays. What writing one entails is in automation-write.ts. */
import type { Automation } from '../../model/automation.ts';
import type { AutomationRecord, DefinitionStore } from '../definition-store.ts';
import { findAutomation, readRecord } from './automation-row.ts';
import {
  findCollision,
  insertAutomation,
  removeAutomation,
  updateDefinition,
  updateOverlay,
} from './automation-write.ts';
import type { TakenOutcome } from '../rows/definition-columns.ts';
import { refuseWrite, requireSameIdentity } from '../rows/automation-statements.ts';
import type { Connection } from './connection.ts';
import { readDefinition } from '../rows/stored-definition.ts';
import { asBit } from '../rows/value.ts';

type Parameter<Step extends keyof DefinitionStore> = Parameters<DefinitionStore[Step]>[0];

export function createAutomation(
  connection: Connection,
  p: Parameter<'createAutomation'>,
): { outcome: 'created'; record: AutomationRecord } | { outcome: TakenOutcome } {
  return connection.write(() => {
    const known = findAutomation(connection, p.automation.id);
    // Identifiers are made for one creation, so this is the same one again: its first answer was lost.
    if (known !== undefined) return { outcome: 'created', record: readRecord(connection, known) };
    const collision = findCollision(connection, p.automation);
    if (collision !== undefined) return { outcome: collision.outcome };
    return { outcome: 'created', record: readRecord(connection, insertAutomation(connection, p)) };
  });
}

export function updateAutomation<R>(
  connection: Connection,
  p: Omit<Parameter<'updateAutomation'>, 'change'> & {
    change: (current: Automation) => { automation: Automation } | { refuse: R };
  },
):
  | { outcome: 'updated'; record: AutomationRecord }
  | { outcome: 'refused'; refusal: R }
  | { outcome: 'not_found' | 'read_only' | TakenOutcome }
  | { outcome: 'revision_mismatch'; revision: number } {
  return connection.write(() => {
    const row = findAutomation(connection, p.id);
    const refusal = refuseWrite(row, p.ifRevision);
    if (row === undefined || refusal !== undefined) return refusal ?? { outcome: 'not_found' };
    const changed = p.change(readDefinition(row).automation);
    if ('refuse' in changed) return { outcome: 'refused', refusal: changed.refuse };
    const { automation } = changed;
    requireSameIdentity(automation, row);
    const collision = findCollision(connection, automation);
    if (collision !== undefined) return { outcome: collision.outcome };
    const written = updateDefinition(connection, { now: p.now, row, automation, placeCursor: p.placeCursor });
    return { outcome: 'updated', record: readRecord(connection, written) };
  });
}

export function deleteAutomation(
  connection: Connection,
  p: Parameter<'deleteAutomation'>,
):
  | { outcome: 'deleted'; canceled_run_ids: string[] }
  | { outcome: 'not_found' | 'read_only' }
  | { outcome: 'revision_mismatch'; revision: number } {
  return connection.write(() => {
    const row = findAutomation(connection, p.id);
    const refusal = refuseWrite(row, p.ifRevision);
    if (row === undefined || refusal !== undefined) return refusal ?? { outcome: 'not_found' };
    return { outcome: 'deleted', canceled_run_ids: removeAutomation(connection, { now: p.now, row, actor: p.actor }) };
  });
}

export function setOverlay(
  connection: Connection,
  p: Parameter<'setOverlay'>,
): { outcome: 'set'; record: AutomationRecord } | { outcome: 'not_found' | 'overlay_requires_config_source' } {
  return connection.write(() => {
    const row = findAutomation(connection, p.id);
    if (row === undefined) return { outcome: 'not_found' };
    if (row.source === 'dynamic') return { outcome: 'overlay_requires_config_source' };
    const enabled = asBit(p.enabled_override);
    // Said twice is said once: the revision and the cursor stay, so a repeated step is harmless.
    if (row.overlay_enabled === enabled && (enabled === 0 || row.paused_at === null)) {
      return { outcome: 'set', record: readRecord(connection, row) };
    }
    const written = updateOverlay(connection, { now: p.now, row, enabled, placeCursor: p.placeCursor });
    return { outcome: 'set', record: readRecord(connection, written) };
  });
}

export function clearOverlay(
  connection: Connection,
  p: Parameter<'clearOverlay'>,
): { outcome: 'cleared'; record: AutomationRecord } | { outcome: 'not_found' | 'overlay_not_found' } {
  return connection.write(() => {
    const row = findAutomation(connection, p.id);
    if (row === undefined) return { outcome: 'not_found' };
    if (row.overlay_enabled === null) return { outcome: 'overlay_not_found' };
    const written = updateOverlay(connection, { now: p.now, row, enabled: null, placeCursor: p.placeCursor });
    return { outcome: 'cleared', record: readRecord(connection, written) };
  });
}
