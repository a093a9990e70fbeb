/** Reads everything that runs, which the caps keep few, anew in each step that decides by it. */
import type { RunningRow } from '../rows/running-runs.ts';
import type { Connection } from './connection.ts';

const RUNNING = `select seq, automation_id, fire_id, agent_name, workspace_id, token, slot from runs where status = 'running'`;

export function readRunning(connection: Connection): RunningRow[] {
  return connection.prepare(RUNNING).all() as unknown as RunningRow[];
}
