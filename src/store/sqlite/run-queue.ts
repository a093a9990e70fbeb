/**
 * Where a waiting run stands, so that a claim never reads what cannot start. DESIGN.md explains the three places and
 * the invariant: every run that is `behind` has a `ready` one of its automation before it, or a running one.
 */
import type { EpochMs } from '../../model/instant.ts';
import type { Connection } from './connection.ts';
import type { QueuePlace, RunRow } from '../rows/run-row.ts';
import { asBit } from '../rows/value.ts';

/** What decides a run's place. */
export interface Waiting {
  automation_id: string;
  exclusive: boolean;
  priority: number;
  catch_up: boolean;
  order_at: EpochMs;
  created_at: EpochMs;
  available_at: EpochMs;
}

const RUNNING_OF = `select 1 from runs where automation_id = ? and status = 'running' limit 1`;

// Reads the waiting runs of one automation, oldest first; the ready one is nearly always the first of them.
const READY_BEFORE = `select 1 from runs
  where automation_id = ? and status = 'scheduled' and queue in ('ready', 'held') and exclusive = 1
    and (priority > ? or (priority = ? and (catch_up, order_at, created_at) <= (?, ?, ?)))
  order by created_at limit 1`;

/** The place of a run that begins to wait, or whose time has come. `alone`: its automation has no unfinished run. */
export function placeOf(connection: Connection, p: { now: EpochMs; run: Waiting; alone: boolean }): QueuePlace {
  const { run } = p;
  if (run.available_at > p.now) return 'later';
  if (p.alone || !run.exclusive) return 'ready';
  if (isBusy(connection, run.automation_id)) return 'behind';
  const before = connection
    .prepare(READY_BEFORE)
    .get(run.automation_id, run.priority, run.priority, asBit(run.catch_up), run.order_at, run.created_at);
  return before === undefined ? 'ready' : 'behind';
}

/** Whether a run of it executes. */
export function isBusy(connection: Connection, automationId: string): boolean {
  return connection.prepare(RUNNING_OF).get(automationId) !== undefined;
}

const MOVE = 'update runs set queue = ? where seq = ?';

export function moveTo(connection: Connection, p: { seq: number; queue: QueuePlace }): void {
  connection.prepare(MOVE).run(p.queue, p.seq);
}

const NEXT_BEHIND = `select seq from runs where queue = 'behind' and automation_id = ?
  order by priority desc, catch_up, order_at, created_at, seq limit 1`;

/** A run of this automation stopped waiting or running: whoever is next among those behind may come forward. */
export function promoteNext(connection: Connection, automationId: string): void {
  const next = connection.prepare(NEXT_BEHIND).get(automationId) as { seq: number } | undefined;
  if (next !== undefined) moveTo(connection, { seq: next.seq, queue: 'ready' });
}

/** Attempts of this fire that share their automation with others, and waited only for the one that has ended. */
export function promoteAttempts(connection: Connection, fireId: string): void {
  connection
    .prepare(`update runs set queue = 'ready' where fire_id = ? and queue = 'behind' and exclusive = 0`)
    .run(fireId);
}

/** Everything behind comes forward: the definition that could not be read can be read again. */
export function promoteAll(connection: Connection, automationId: string): void {
  connection.prepare(`update runs set queue = 'ready' where automation_id = ? and queue = 'behind'`).run(automationId);
}

/** Waiting runs stand in the lane of the agent, the workspace and the labels that their automation names now. */
export function changeLane(
  connection: Connection,
  p: { automationId: string; agentName: string; workspaceId: string; nodeLabels: string },
): void {
  connection
    .prepare(
      `update runs set agent_name = ?, workspace_id = ?, node_labels = ?
        where automation_id = ? and status = 'scheduled' and (agent_name <> ? or workspace_id <> ? or node_labels <> ?)`,
    )
    .run(p.agentName, p.workspaceId, p.nodeLabels, p.automationId, p.agentName, p.workspaceId, p.nodeLabels);
}

const LATER = `select seq, automation_id, exclusive, priority, catch_up, order_at, created_at, available_at from runs
  where queue = 'later'`;
const DUE_LATER = `${LATER} and available_at <= ? order by available_at, seq limit ?`;
const DUE_TO_DELEGATE = `${LATER} and agent_name = '' and available_at <= ? order by available_at, seq limit ?`;

/** Gives runs whose time has come their place; how many there were, at most `limit`. */
export function promoteDue(connection: Connection, p: { now: EpochMs; limit: number }): number {
  return place(connection, { ...p, sql: DUE_LATER });
}

/** The same for the lane without an agent. */
export function promoteDueTo(connection: Connection, p: { now: EpochMs; limit: number }): number {
  return place(connection, { ...p, sql: DUE_TO_DELEGATE });
}

function place(connection: Connection, p: { now: EpochMs; limit: number; sql: string }): number {
  const rows = connection.prepare(p.sql).all(p.now, p.limit) as unknown as RunRow[];
  for (const row of rows) {
    const run = { ...row, exclusive: row.exclusive === 1, catch_up: row.catch_up === 1 };
    moveTo(connection, { seq: row.seq, queue: placeOf(connection, { now: p.now, run, alone: false }) });
  }
  return rows.length;
}
