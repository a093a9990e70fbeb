/** Agents whose accounts are exhausted, until when, and which waiting runs that keeps from starting. */
import type { EpochMs } from '../../model/instant.ts';
import type { AgentHold } from '../account-store.ts';
import type { Connection } from './database.ts';

const HOLD = `insert into agent_holds (agent_name, until, reason) values (?, ?, ?)
  on conflict (agent_name) do update set until = excluded.until, reason = excluded.reason
  where excluded.until > agent_holds.until`;

export async function holdAgent(connection: Connection, p: { hold: AgentHold }): Promise<void> {
  const { agent_name, until, reason } = p.hold;
  await connection.run(HOLD, agent_name, until, reason);
}

export function listAgentHolds(connection: Connection, p: { now: EpochMs }): Promise<AgentHold[]> {
  return connection.all<AgentHold>('select * from agent_holds where until > ? order by agent_name', p.now);
}

export async function releaseAgent(
  connection: Connection,
  p: { agent_name: string },
): Promise<{ outcome: 'released' | 'not_found' }> {
  const deleted = await connection.run('delete from agent_holds where agent_name = ?', p.agent_name);
  return { outcome: deleted === 0 ? 'not_found' : 'released' };
}

/** Runs moved at once; the rest follows with the next claims, and loses nothing by it but the shown reason. */
const MOVE_MAX = 1000;

const HOLD_READY = `with moved as materialized (
    select seq from runs where queue = 'ready' and agent_name = any(?) limit ${MOVE_MAX} for update skip locked)
  update runs set queue = 'held', reason = coalesce(reason, 'usage_limit') where seq in (select seq from moved)`;
const RELEASE_HELD = `with moved as materialized (
    select seq from runs where queue = 'held' and not (agent_name = any(?)) limit ${MOVE_MAX} for update skip locked)
  update runs set queue = 'ready', reason = nullif(reason, 'usage_limit') where seq in (select seq from moved)`;

/**
 * Takes the runs of held agents out of the ready lanes, with the reason that shows why they wait, and puts those of
 * agents that are held no more back. Each run is moved once per hold, never looked at in between.
 */
export async function applyHolds(connection: Connection, held: readonly string[]): Promise<void> {
  await holdReady(connection, held);
  // All of them: a run whose agent may start again must not wait for another call.
  while ((await connection.run(RELEASE_HELD, held)) === MOVE_MAX);
}

/** Also for runs that became ready within the same claim: whoever looks at one sees at once why it waits. */
export async function holdReady(connection: Connection, held: readonly string[]): Promise<void> {
  if (held.length > 0) await connection.run(HOLD_READY, held);
}
