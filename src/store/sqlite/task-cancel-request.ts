/** Asking for the end of a task from within a step that may not end it: a fire that replaces an earlier one. */
import type { Connection } from './connection.ts';

const REQUEST = `update tasks set cancel_error = ?, cancel_by = ?
  where run_id = ? and status in ('queued', 'claimed') and cancel_by is null`;

/** A newer fire replaces the run that handed it over; `sweepTasks` hears it. The first request stays. */
export function requestTaskCancel(connection: Connection, p: { runId: string; error: string; by: string }): boolean {
  return connection.run(REQUEST, p.error, p.by, p.runId) > 0;
}
