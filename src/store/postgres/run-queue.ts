/**
 * Where a waiting run stands, so that a claim never reads what cannot start. DESIGN.md explains the places and the
 * invariant: every run that is `behind` has a `ready` one of its automation before it, or a running one. Everything here
 * happens under the automation's lock, but for the runs whose time has come: see `promoteDue`.
 */
import type { EpochMs } from '../../model/instant.ts';
import type { QueuePlace } from '../rows/run-row.ts';
import { asBit } from '../rows/value.ts';
import type { Connection } from './database.ts';

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

// Whether something of the automation runs, or stands before it in a lane.
const IS_BLOCKED = `select exists (select 1 from runs where automation_id = ? and status = 'running')
  or exists (select 1 from runs
    where automation_id = ? and status = 'scheduled' and queue in ('ready', 'held') and exclusive = 1
      and (priority > ? or (priority = ? and (catch_up, order_at, created_at) <= (?, ?, ?)))) as blocked`;

/** The place of a run that begins to wait. `alone`: its automation has no unfinished run. */
export async function placeOf(
  connection: Connection,
  p: { now: EpochMs; run: Waiting; alone: boolean },
): Promise<QueuePlace> {
  const { run } = p;
  if (run.available_at > p.now) return 'later';
  if (p.alone || !run.exclusive) return 'ready';
  const { automation_id: id, priority } = run;
  const order = [asBit(run.catch_up), run.order_at, run.created_at];
  const row = await connection.one<{ blocked: boolean }>(IS_BLOCKED, id, id, priority, priority, ...order);
  return row?.blocked === true ? 'behind' : 'ready';
}

export async function moveTo(connection: Connection, p: { seqs: readonly number[]; queue: QueuePlace }): Promise<void> {
  if (p.seqs.length === 0) return;
  await connection.run('update runs set queue = ? where seq = any(?) and queue is not null', p.queue, p.seqs);
}

const PROMOTE_NEXT = `update runs set queue = 'ready' where seq in (
  select next.seq from unnest(?::text[]) as wanted (id) cross join lateral (
    select seq from runs where queue = 'behind' and automation_id = wanted.id
    order by priority desc, catch_up, order_at, created_at, seq limit 1) as next)`;

/** A run of these automations stopped waiting or running: whoever is next among those behind may come forward. */
export async function promoteNext(connection: Connection, automationIds: readonly string[]): Promise<void> {
  if (automationIds.length > 0) await connection.run(PROMOTE_NEXT, automationIds);
}

/** Attempts of this fire that share their automation with others, and waited only for the one that has ended. */
export async function promoteAttempts(connection: Connection, fireId: string): Promise<void> {
  const sql = `update runs set queue = 'ready' where fire_id = ? and queue = 'behind' and exclusive = 0`;
  await connection.run(sql, fireId);
}

/** Everything behind comes forward: the definition that could not be read can be read again. */
export async function promoteAll(connection: Connection, automationId: string): Promise<void> {
  await connection.run(`update runs set queue = 'ready' where automation_id = ? and queue = 'behind'`, automationId);
}

/** Waiting runs stand in the lane of the agent, the workspace and the labels that their automation names now. */
export async function changeLane(
  connection: Connection,
  p: { automationId: string; agentName: string; workspaceId: string; nodeLabels: string },
): Promise<void> {
  await connection.run(
    `update runs set agent_name = ?, workspace_id = ?, node_labels = ?
      where automation_id = ? and status = 'scheduled' and (agent_name <> ? or workspace_id <> ? or node_labels <> ?)`,
    p.agentName,
    p.workspaceId,
    p.nodeLabels,
    p.automationId,
    p.agentName,
    p.workspaceId,
    p.nodeLabels,
  );
}

const PROMOTE_DUE = `with due as materialized (
    select seq from runs where queue = 'later' and available_at <= ? order by available_at, seq limit ?
    for update skip locked)
  update runs set queue = 'ready' where seq in (select seq from due)`;

/**
 * Makes runs ready whose time has come; how many there were, at most `limit`. Without their automations' locks, so not
 * yet in their final place: one that is blocked goes behind when a claim looks at it, which it does under the lock.
 */
export function promoteDue(connection: Connection, p: { now: EpochMs; limit: number }): Promise<number> {
  return connection.run(PROMOTE_DUE, p.now, p.limit);
}

const PROMOTE_DUE_TO_DELEGATE = PROMOTE_DUE.replace("queue = 'later'", "queue = 'later' and agent_name = ''");

/** The same for the lane without an agent. */
export function promoteDueToDelegate(connection: Connection, p: { now: EpochMs; limit: number }): Promise<number> {
  return connection.run(PROMOTE_DUE_TO_DELEGATE, p.now, p.limit);
}
