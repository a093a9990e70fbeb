/** Reads everything that runs, on all nodes, which the caps keep few. */
import type { RunningRow } from '../rows/running-runs.ts';
import type { Connection } from './database.ts';

const RUNNING = `select seq, automation_id, fire_id, agent_name, workspace_id, token, slot from runs where status = 'running'`;

export function readRunning(connection: Connection): Promise<RunningRow[]> {
  return connection.all<RunningRow>(RUNNING);
}
