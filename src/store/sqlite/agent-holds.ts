/** Agents whose accounts are exhausted, until when, and which waiting runs that keeps from starting. */
import type { EpochMs } from '../../model/instant.ts';
import type { AgentHold } from '../account-store.ts';
import type { Connection } from './connection.ts';

const HOLD = `insert into agent_holds (agent_name, until, reason) values (?, ?, ?)
  on conflict do update set until = excluded.until, reason = excluded.reason where excluded.until > until`;

export function holdAgent(connection: Connection, p: { hold: AgentHold }): void {
  const { agent_name, until, reason } = p.hold;
  connection.write(() => connection.run(HOLD, agent_name, until, reason));
}

export function listAgentHolds(connection: Connection, p: { now: EpochMs }): AgentHold[] {
  return connection
    .all<AgentHold>('select * from agent_holds where until > ? order by agent_name', p.now)
    .map((row) => ({ ...row }));
}

export function releaseAgent(connection: Connection, p: { agent_name: string }): { outcome: 'released' | 'not_found' } {
  const deleted = connection.write(() => connection.run('delete from agent_holds where agent_name = ?', p.agent_name));
  return { outcome: deleted === 0 ? 'not_found' : 'released' };
}

/** Runs moved at once; the rest follows with the next claims, and loses nothing by it but the shown reason. */
const MOVE_MAX = 1000;

const HOLD_READY = `update runs set queue = 'held', reason = coalesce(reason, 'usage_limit')
  where seq in (select seq from runs where queue = 'ready' and agent_name = ? limit ${MOVE_MAX})`;
const NEXT_HELD_AGENT = `select agent_name from runs where queue = 'held' and agent_name > ? order by agent_name limit 1`;
const RELEASE_HELD = `update runs set queue = 'ready', reason = nullif(reason, 'usage_limit')
  where seq in (select seq from runs where queue = 'held' and agent_name = ? limit ${MOVE_MAX})`;

/**
 * Takes the runs of held agents out of the ready lanes, with the reason that shows why they wait, and puts those of
 * agents that are held no more back. Each run is moved once per hold, never looked at in between.
 */
export function applyHolds(connection: Connection, held: readonly string[]): void {
  holdReady(connection, held);
  const isHeld = new Set(held);
  for (let agent = nextHeldAgent(connection, ''); agent !== undefined; agent = nextHeldAgent(connection, agent)) {
    if (!isHeld.has(agent)) releaseAll(connection, agent);
  }
}

/** Also for runs that became ready within the same claim: whoever looks at one sees at once why it waits. */
export function holdReady(connection: Connection, held: readonly string[]): void {
  for (const agent of held) connection.run(HOLD_READY, agent);
}

/** All of them: a run whose agent may start again must not wait for another call. */
function releaseAll(connection: Connection, agent: string): void {
  while (connection.run(RELEASE_HELD, agent) === MOVE_MAX);
}

function nextHeldAgent(connection: Connection, after: string): string | undefined {
  return connection.one<{ agent_name: string }>(NEXT_HELD_AGENT, after)?.agent_name;
}
