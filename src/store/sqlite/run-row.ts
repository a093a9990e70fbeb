/** Runs in their table: finding one, and creating it. Which transitions happen when is for the steps. */
import type { Automation } from '../../model/automation.ts';
import type { EpochMs } from '../../model/instant.ts';
import { labelText } from '../../model/node.ts';
import type { Run } from '../../model/run.ts';
import type { NewRun } from '../acceptance.ts';
import { createdRun } from '../rows/run-row.ts';
import type { FullRunRow, QueuePlace } from '../rows/run-row.ts';
import { FULL_RUN, RUN_BY_ID } from '../rows/run-statements.ts';
import type { Connection, Value } from './connection.ts';
import { kindOf, laneAgentOf } from '../rows/stored-definition.ts';
import { asBit, orNull } from '../rows/value.ts';

export function findRun(connection: Connection, id: string): FullRunRow | undefined {
  return connection.one<FullRunRow>(RUN_BY_ID, id);
}

/** Does nothing when the fire and attempt, or the id, exist already; the caller finds out which. */
export const INSERT_RUN = `insert into runs (
  id, automation_id, automation_kind, fire_id, attempt, status, queue, kind, reason, priority, exclusive, catch_up, agent_name,
  workspace_id, node_labels, created_at, scheduled_at, available_at, accepted_at, expires_at, ended_at, event_id, depth, actor,
  missed_count, missed_first, missed_last, error
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`;

const INSERT_TEXTS = 'insert into run_texts (run, prompt) values (?, ?)';

/** Creates the row; undefined when the fire has this attempt already. Throws when the id belongs to another fire. */
export function insertRun(
  connection: Connection,
  p: { now: EpochMs; automation: Automation; run: NewRun; queue: QueuePlace | null },
): Run | undefined {
  const { now, automation, run } = p;
  const kind = kindOf(automation);
  const canceled = run.status === 'canceled';
  const values: Value[] = [
    run.id,
    automation.id,
    kind,
    run.fire_id,
    run.attempt,
    run.status,
    p.queue,
    run.kind,
    orNull(run.reason),
    run.priority,
    asBit(run.exclusive),
    asBit(run.catch_up),
    laneAgentOf(automation),
    automation.workspace_id ?? '',
    labelText(automation.node_labels),
    now,
    orNull(run.scheduled_at),
    run.available_at,
    run.accepted_at,
    orNull(run.expires_at),
    canceled ? now : null,
    orNull(run.event_id),
    orNull(run.depth),
    orNull(run.actor),
    orNull(run.missed?.count),
    orNull(run.missed?.first),
    orNull(run.missed?.last),
    orNull(run.error),
  ];
  const { changes, lastInsertRowid } = connection.prepare(INSERT_RUN).run(...values);
  if (changes === 0) {
    if (findAttempt(connection, run) !== undefined) return undefined;
    throw new Error(`a run ${run.id} of another fire exists already`);
  }
  if (run.prompt !== undefined) connection.prepare(INSERT_TEXTS).run(Number(lastInsertRowid), run.prompt);
  return createdRun(run, { now, automation, kind, canceled });
}

export function findAttempt(connection: Connection, p: { fire_id: string; attempt: number }): FullRunRow | undefined {
  return connection.one<FullRunRow>(`${FULL_RUN} where runs.fire_id = ? and runs.attempt = ?`, p.fire_id, p.attempt);
}
