/** Writing one definition with everything that hangs on it: columns, cursor, and the lane of its waiting runs. */
import type { Automation } from '../../model/automation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Job } from '../../model/job.ts';
import { labelText } from '../../model/node.ts';
import type { AutomationChange } from '../account-store.ts';
import type { PlaceCursor } from '../cursor.ts';
import { recordChange } from './automation-changes.ts';
import { isEnabled, effectiveJob } from '../rows/automation-row.ts';
import { findAutomation } from './automation-row.ts';
import type { AutomationRow } from '../rows/automation-row.ts';
import { cancelAllWaiting } from './run-cancellation.ts';
import { createRuns } from './run-creation.ts';
import { changeLane, promoteAll } from './run-queue.ts';
import { definitionColumns, webhookIdOf } from '../rows/definition-columns.ts';
import type { Collision } from '../rows/definition-columns.ts';
import {
  DELETE_AUTOMATION,
  INSERT_AUTOMATION,
  NAME_HOLDER,
  PAUSE_AUTOMATION,
  RESUME_AUTOMATION,
  SET_FAILURES,
  SET_OVERLAY,
  UPDATE_AUTOMATION,
  WEBHOOK_HOLDER,
} from '../rows/automation-statements.ts';
import type { Connection } from './connection.ts';
import { placeSafely } from '../rows/cursor-placing.ts';
import { readCursor, writeCursor } from './cursor-row.ts';
import { indexTrigger } from './trigger-index.ts';
import { kindOf, laneAgentOf, readDefinition } from '../rows/stored-definition.ts';

/** What another definition already holds of what this one wants. */
export function findCollision(connection: Connection, automation: Automation): Collision | undefined {
  const kind = kindOf(automation);
  const { id, name, scope } = automation;
  const named = connection.one<{ id: string }>(NAME_HOLDER, kind, name, scope, automation.workspace_id ?? '', id);
  if (named !== undefined) return { outcome: `${kind}_name_taken`, holderId: named.id };
  const webhookId = webhookIdOf(automation);
  const hooked = webhookId === null ? undefined : connection.one<{ id: string }>(WEBHOOK_HOLDER, webhookId, id);
  return hooked === undefined ? undefined : { outcome: 'trigger_webhook_id_taken', holderId: hooked.id };
}

/** The caller has seen to it that nothing collides. */
export function insertAutomation(
  connection: Connection,
  p: { now: EpochMs; automation: Automation; placeCursor: PlaceCursor },
): AutomationRow {
  const { automation } = p;
  connection.run(
    INSERT_AUTOMATION,
    ...definitionColumns(automation, automation.updated_at),
    automation.id,
    automation.created_at,
  );
  const row = settle(connection, { ...p, id: automation.id, before: undefined, kind: 'created' });
  indexTrigger(connection, { automation: row.seq, definition: automation });
  return row;
}

/** Replaces the definition of `row`, which keeps its identity, overlay and history. */
export function updateDefinition(
  connection: Connection,
  p: { now: EpochMs; row: AutomationRow; automation: Automation; placeCursor: PlaceCursor },
): AutomationRow {
  const { row, automation } = p;
  connection.run(UPDATE_AUTOMATION, ...definitionColumns(automation, p.now), row.seq);
  indexTrigger(connection, { automation: row.seq, definition: automation });
  const workspaceId = automation.workspace_id ?? '';
  const nodeLabels = labelText(automation.node_labels);
  changeLane(connection, { automationId: row.id, agentName: laneAgentOf(automation), workspaceId, nodeLabels });
  if (readDefinition(row).unreadable !== undefined) promoteAll(connection, row.id);
  return settle(connection, { ...p, id: row.id, before: row, kind: 'updated', resumes: automation.enabled });
}

/** Sets or, with null, removes the overlay. */
export function updateOverlay(
  connection: Connection,
  p: { now: EpochMs; row: AutomationRow; enabled: 0 | 1 | null; placeCursor: PlaceCursor },
): AutomationRow {
  const { row } = p;
  connection.run(SET_OVERLAY, p.enabled, p.enabled === null ? null : p.now, row.seq);
  const kind = p.enabled === null ? 'overlay_cleared' : 'overlay_set';
  return settle(connection, { ...p, id: row.id, before: row, kind, resumes: p.enabled === 1 });
}

/**
 * The engine gives up on it for now: it is off until somebody enables it. Definition, overlay and revision stay as they
 * are, because nobody changed them. False when it is off already: paused since earlier, or switched off by somebody, who
 * decides when it goes on.
 */
export function pauseAutomation(
  connection: Connection,
  p: { now: EpochMs; row: AutomationRow; error: string; runId: string; placeCursor: PlaceCursor },
): boolean {
  const { now, row, error, placeCursor } = p;
  const read = readDefinition(row);
  if (!isEnabled(row, read)) return false;
  connection.run(PAUSE_AUTOMATION, now, error, p.runId, row.seq);
  recordChange(connection, { now, kind: 'paused', row, enabled: false, detail: error });
  if (row.kind === 'job') {
    const previous = effectiveJob(read.automation, true);
    const job = effectiveJob(read.automation, false);
    placeAgain(connection, { now, automation: row.seq, job, previous, placeCursor });
  }
  return true;
}

/** Removes the definition with cursor and overlay; its waiting runs are canceled, the others stay as they are. */
export function removeAutomation(
  connection: Connection,
  p: { now: EpochMs; row: AutomationRow; actor: string },
): string[] {
  const { row } = p;
  const error = `the ${row.kind} ${row.name} was deleted before this run could start`;
  const canceled = cancelAllWaiting(connection, { now: p.now, automationId: row.id, error, actor: p.actor });
  connection.run(DELETE_AUTOMATION, row.seq);
  recordChange(connection, { now: p.now, kind: 'deleted', row, enabled: false });
  return canceled;
}

/**
 * After any write: enabling ends a pause, switching on begins a new count of failures, the change enters the account,
 * and the cursor is placed for what now holds.
 */
function settle(
  connection: Connection,
  p: {
    now: EpochMs;
    id: string;
    before: AutomationRow | undefined;
    kind: AutomationChange['kind'];
    /** Whether somebody asked for it to be on. */
    resumes?: boolean;
    placeCursor: PlaceCursor;
  },
): AutomationRow {
  const resumed = p.resumes === true && p.before !== undefined && p.before.paused_at !== null;
  if (resumed) connection.run(RESUME_AUTOMATION, p.id);
  const row = findAutomation(connection, p.id)!;
  const read = readDefinition(row);
  const enabled = isEnabled(row, read);
  const readBefore = p.before === undefined ? undefined : readDefinition(p.before);
  const wasEnabled = p.before !== undefined && readBefore !== undefined && isEnabled(p.before, readBefore);
  if (enabled && !wasEnabled && row.consecutive_failures > 0) {
    connection.run(SET_FAILURES, 0, row.seq);
    row.consecutive_failures = 0;
  }
  recordChange(connection, { now: p.now, kind: p.kind, row, enabled });
  if (resumed) recordChange(connection, { now: p.now, kind: 'resumed', row, enabled });
  if (row.kind === 'job' && read.unreadable === undefined) {
    const previous =
      readBefore === undefined || readBefore.unreadable !== undefined
        ? undefined
        : effectiveJob(readBefore.automation, wasEnabled);
    const job = effectiveJob(read.automation, enabled);
    placeAgain(connection, { now: p.now, automation: row.seq, job, previous, placeCursor: p.placeCursor });
  }
  return row;
}

/** Asks where the cursor belongs now, stores it, and creates the rows for what it leaves behind undecided. */
export function placeAgain(
  connection: Connection,
  p: { now: EpochMs; automation: number; job: Job; previous: Job | undefined; placeCursor: PlaceCursor },
): void {
  const { now, automation, job } = p;
  const cursor = readCursor(connection, { automation, jobId: job.id });
  const placed = placeSafely({ ...p, cursor });
  writeCursor(connection, { automation, cursor: placed.cursor, enabled: job.enabled });
  createRuns(connection, { now, automation: job, runs: placed.runs, alone: false });
}
