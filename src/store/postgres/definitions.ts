/** The steps on single definitions and their overlays. What writing one entails is in automation-write.ts. */
import type { Automation } from '../../model/automation.ts';
import type { TakenOutcome } from '../rows/definition-columns.ts';
import { readDefinition } from '../rows/stored-definition.ts';
import { asBit } from '../rows/value.ts';
import type { AutomationRecord, DefinitionStore } from '../definition-store.ts';
import { findAutomation, readRecord } from './automation-row.ts';
import {
  findCollision,
  insertAutomation,
  removeAutomation,
  updateDefinition,
  updateOverlay,
} from './automation-write.ts';
import { refuseWrite, requireSameIdentity } from '../rows/automation-statements.ts';
import type { Database } from './database.ts';
import { lockAutomation, lockNames } from './locks.ts';

type Parameter<Step extends keyof DefinitionStore> = Parameters<DefinitionStore[Step]>[0];
type Answer<Step extends keyof DefinitionStore> = Awaited<ReturnType<DefinitionStore[Step]>>;

export function createAutomation(
  database: Database,
  p: Parameter<'createAutomation'>,
): Promise<Answer<'createAutomation'>> {
  return database.write(async (connection): Promise<Answer<'createAutomation'>> => {
    await lockNames(connection);
    const known = await findAutomation(connection, p.automation.id);
    // Identifiers are made for one creation, so this is the same one again: its first answer was lost.
    if (known !== undefined) return { outcome: 'created', record: await readRecord(connection, known) };
    const collision = await findCollision(connection, p.automation);
    if (collision !== undefined) return { outcome: collision.outcome };
    return { outcome: 'created', record: await readRecord(connection, await insertAutomation(connection, p)) };
  });
}

type Updated<R> =
  | { outcome: 'updated'; record: AutomationRecord }
  | { outcome: 'refused'; refusal: R }
  | { outcome: 'not_found' | 'read_only' | TakenOutcome }
  | { outcome: 'revision_mismatch'; revision: number };

export function updateAutomation<R>(
  database: Database,
  p: Omit<Parameter<'updateAutomation'>, 'change'> & {
    change: (current: Automation) => { automation: Automation } | { refuse: R };
  },
): Promise<Updated<R>> {
  return database.write(async (connection): Promise<Updated<R>> => {
    await lockNames(connection);
    const row = await lockAutomation(connection, p.id);
    const refusal = refuseWrite(row, p.ifRevision);
    if (row === undefined || refusal !== undefined) return refusal ?? { outcome: 'not_found' };
    const changed = p.change(readDefinition(row).automation);
    if ('refuse' in changed) return { outcome: 'refused', refusal: changed.refuse };
    const { automation } = changed;
    requireSameIdentity(automation, row);
    const collision = await findCollision(connection, automation);
    if (collision !== undefined) return { outcome: collision.outcome };
    const written = await updateDefinition(connection, { now: p.now, row, automation, placeCursor: p.placeCursor });
    return { outcome: 'updated', record: await readRecord(connection, written) };
  });
}

export function deleteAutomation(
  database: Database,
  p: Parameter<'deleteAutomation'>,
): Promise<Answer<'deleteAutomation'>> {
  return database.write(async (connection): Promise<Answer<'deleteAutomation'>> => {
    await lockNames(connection);
    const row = await lockAutomation(connection, p.id);
    const refusal = refuseWrite(row, p.ifRevision);
    if (row === undefined || refusal !== undefined) return refusal ?? { outcome: 'not_found' };
    const canceled = await removeAutomation(connection, { now: p.now, row, actor: p.actor });
    return { outcome: 'deleted', canceled_run_ids: canceled };
  });
}

export function setOverlay(database: Database, p: Parameter<'setOverlay'>): Promise<Answer<'setOverlay'>> {
  return database.write(async (connection): Promise<Answer<'setOverlay'>> => {
    const row = await lockAutomation(connection, p.id);
    if (row === undefined) return { outcome: 'not_found' };
    if (row.source === 'dynamic') return { outcome: 'overlay_requires_config_source' };
    const enabled = asBit(p.enabled_override);
    // Said twice is said once: the revision and the cursor stay, so a repeated step is harmless.
    if (row.overlay_enabled === enabled && (enabled === 0 || row.paused_at === null)) {
      return { outcome: 'set', record: await readRecord(connection, row) };
    }
    const written = await updateOverlay(connection, { now: p.now, row, enabled, placeCursor: p.placeCursor });
    return { outcome: 'set', record: await readRecord(connection, written) };
  });
}

export function clearOverlay(database: Database, p: Parameter<'clearOverlay'>): Promise<Answer<'clearOverlay'>> {
  return database.write(async (connection): Promise<Answer<'clearOverlay'>> => {
    const row = await lockAutomation(connection, p.id);
    if (row === undefined) return { outcome: 'not_found' };
    if (row.overlay_enabled === null) return { outcome: 'overlay_not_found' };
    const written = await updateOverlay(connection, { now: p.now, row, enabled: null, placeCursor: p.placeCursor });
    return { outcome: 'cleared', record: await readRecord(connection, written) };
  });
}
