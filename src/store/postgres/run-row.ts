/** Runs in their table: finding one, and creating many at once. Which transitions happen when is for the steps. */
import type { Automation } from '../../model/automation.ts';
import type { EpochMs } from '../../model/instant.ts';
import { labelText } from '../../model/node.ts';
import type { Run } from '../../model/run.ts';
import { createdRun } from '../rows/run-row.ts';
import type { FullRunRow, QueuePlace } from '../rows/run-row.ts';
import { kindOf, laneAgentOf } from '../rows/stored-definition.ts';
import { asBit, orNull } from '../rows/value.ts';
import type { NewRun } from '../acceptance.ts';
import { jsonRows } from './database.ts';
import { FULL_RUN, RUN_BY_ID } from '../rows/run-statements.ts';
import type { Connection } from './database.ts';

export function findRun(connection: Connection, id: string): Promise<FullRunRow | undefined> {
  return connection.one<FullRunRow>(RUN_BY_ID, id);
}

export function findAttempt(
  connection: Connection,
  p: { fire_id: string; attempt: number },
): Promise<FullRunRow | undefined> {
  const sql = `${FULL_RUN} where runs.fire_id = ? and runs.attempt = ?`;
  return connection.one<FullRunRow>(sql, p.fire_id, p.attempt);
}

/** A row to be, with the place it will wait in. */
export interface RunToInsert {
  now: EpochMs;
  automation: Automation;
  run: NewRun;
  queue: QueuePlace | null;
}

const COLUMNS = `id, automation_id, automation_kind, fire_id, attempt, status, queue, kind, reason, priority, exclusive,
  catch_up, agent_name, workspace_id, node_labels, created_at, scheduled_at, available_at, accepted_at, expires_at, ended_at, event_id,
  depth, actor, missed_count, missed_first, missed_last, error`;

const INSERT_RUNS = `insert into runs (${COLUMNS})
  select ${COLUMNS} from json_populate_recordset(null::runs, ?::json)
  on conflict do nothing returning seq, id`;

const INSERT_PROMPTS = `insert into run_texts (run, prompt)
  select run, prompt from json_populate_recordset(null::run_texts, ?::json)`;

/**
 * Creates the rows, in order. The answer has an undefined where the fire has this attempt already. Throws when the id
 * belongs to another fire.
 */
export async function insertRuns(connection: Connection, rows: readonly RunToInsert[]): Promise<(Run | undefined)[]> {
  if (rows.length === 0) return [];
  const inserted = await connection.all<{ seq: number; id: string }>(INSERT_RUNS, jsonRows(rows.map(columnsOf)));
  const seqs = new Map(inserted.map((row) => [row.id, row.seq]));
  await insertPrompts(connection, rows, seqs);
  const runs: (Run | undefined)[] = [];
  for (const one of rows) {
    // Taken out as it is used: the same id twice in one batch is one row.
    if (seqs.delete(one.run.id)) runs.push(runToBe(one));
    else if ((await findAttempt(connection, one.run)) !== undefined) runs.push(undefined);
    else throw new Error(`a run ${one.run.id} of another fire exists already`);
  }
  return runs;
}

async function insertPrompts(
  connection: Connection,
  rows: readonly RunToInsert[],
  seqs: ReadonlyMap<string, number>,
): Promise<void> {
  const texts = new Map<number, { run: number; prompt: string }>();
  for (const { run } of rows) {
    const seq = seqs.get(run.id);
    if (seq !== undefined && run.prompt !== undefined) texts.set(seq, { run: seq, prompt: run.prompt });
  }
  if (texts.size > 0) await connection.run(INSERT_PROMPTS, jsonRows([...texts.values()]));
}

function runToBe({ now, automation, run }: RunToInsert): Run {
  return createdRun(run, { now, automation, kind: kindOf(automation), canceled: run.status === 'canceled' });
}

function columnsOf({ now, automation, run, queue }: RunToInsert): Record<string, string | number | null> {
  return {
    id: run.id,
    automation_id: automation.id,
    automation_kind: kindOf(automation),
    fire_id: run.fire_id,
    attempt: run.attempt,
    status: run.status,
    queue,
    kind: run.kind,
    reason: orNull(run.reason),
    priority: run.priority,
    exclusive: asBit(run.exclusive),
    catch_up: asBit(run.catch_up),
    agent_name: laneAgentOf(automation),
    workspace_id: automation.workspace_id ?? '',
    node_labels: labelText(automation.node_labels),
    created_at: now,
    scheduled_at: orNull(run.scheduled_at),
    available_at: run.available_at,
    accepted_at: run.accepted_at,
    expires_at: orNull(run.expires_at),
    ended_at: run.status === 'canceled' ? now : null,
    event_id: orNull(run.event_id),
    depth: orNull(run.depth),
    actor: orNull(run.actor),
    missed_count: orNull(run.missed?.count),
    missed_first: orNull(run.missed?.first),
    missed_last: orNull(run.missed?.last),
    error: orNull(run.error),
  };
}
