/** How a task ends, whoever ends it, and what that means for the automation whose run handed it over. */
import type { EpochMs } from '../../model/instant.ts';
import { isTaskOpen } from '../../model/task.ts';
import type { Task } from '../../model/task.ts';
import { readDefinition } from '../rows/stored-definition.ts';
import { taskOf } from '../rows/task-row.ts';
import type { TaskRow } from '../rows/task-row.ts';
import { orNull } from '../rows/value.ts';
import type { ChangedTask, TaskEnding, TaskStore } from '../task-store.ts';
import { findAutomation, recordOf } from './automation-row.ts';
import { pauseAutomation } from './automation-write.ts';
import { SET_FAILURES } from '../rows/automation-statements.ts';
import { noFollowUp } from '../rows/task-statements.ts';
import type { Connection, Database } from './database.ts';
import { lockAutomation, lockFreeAutomations } from './locks.ts';
import { promoteNext } from './run-queue.ts';
import { findTask, findTaskRun } from './task-row.ts';

const LOCK = 'select * from tasks where seq = ? for update';

/** The task under the lock of the automation that it came of, as it stands then. */
export async function lockTask(connection: Connection, found: TaskRow): Promise<TaskRow | undefined> {
  if (found.automation_id !== null) await lockAutomation(connection, found.automation_id);
  return connection.one<TaskRow>(LOCK, found.seq);
}

const END = `update tasks set status = ?, output = ?, error = ?, ended_by = ?, ended_at = ?, lease_expires_at = null,
  updated_at = ? where seq = ? returning *`;

/** Of a locked task. */
export async function endTaskRow(
  connection: Connection,
  p: {
    now: EpochMs;
    row: TaskRow;
    result: { status: 'completed' | 'failed' | 'canceled'; output?: string; error?: string; by: string };
  } & TaskEnding,
): Promise<ChangedTask> {
  const { now, row, result } = p;
  const { status, output, error, by } = result;
  const ended = await connection.one<TaskRow>(END, status, orNull(output), orNull(error), by, now, now, row.seq);
  const task = taskOf(ended!);
  if (row.automation_id === null) return { task };
  await promoteNext(connection, [row.automation_id]);
  if (status === 'canceled') return { task };
  return { task, ...(await followUp(connection, { ...p, automationId: row.automation_id, task })) };
}

async function followUp(
  connection: Connection,
  p: { now: EpochMs; row: TaskRow; automationId: string; task: Task } & TaskEnding,
): Promise<{ paused?: { error: string } }> {
  const automation = await findAutomation(connection, p.automationId);
  const read = automation === undefined ? undefined : readDefinition(automation);
  const readable = automation !== undefined && read !== undefined && read.unreadable === undefined;
  const record = readable ? await recordOf(connection, automation, read) : undefined;
  const { consecutive_failures: failures, pause } = p.decideFollowUp({ task: p.task, record });
  if (automation === undefined || record === undefined) return {};
  if (failures !== automation.consecutive_failures) {
    await connection.run(SET_FAILURES, failures, automation.seq);
  }
  if (pause === undefined) return {};
  const { now, placeCursor } = p;
  const runId = p.row.run_id ?? '';
  const paused = await pauseAutomation(connection, { now, row: automation, error: pause.error, runId, placeCursor });
  return paused ? { paused: { error: pause.error } } : {};
}

type Canceled = Awaited<ReturnType<TaskStore['cancelTask']>>;

export function cancelTask(database: Database, p: Parameters<TaskStore['cancelTask']>[0]): Promise<Canceled> {
  return database.write(async (connection): Promise<Canceled> => {
    const found = (await findTask(connection, p.id)) ?? (await findTaskRun(connection, p.id));
    const row = found === undefined ? undefined : await lockTask(connection, found);
    if (row === undefined) return { outcome: 'not_found' };
    if (!isTaskOpen(row.status)) return { outcome: 'finished', task: taskOf(row) };
    const { task } = await cancelRow(connection, { now: p.now, row, error: p.error, by: p.by });
    return { outcome: 'canceled', task };
  });
}

function cancelRow(
  connection: Connection,
  p: { now: EpochMs; row: TaskRow; error: string; by: string },
): Promise<ChangedTask> {
  const { now, row, error, by } = p;
  return endTaskRow(connection, { ...noFollowUp, now, row, result: { status: 'canceled', error, by } });
}

const IS_TO_CANCEL = `cancel_by is not null and status in ('queued', 'claimed')`;
const HAS_LAPSED = `status = 'claimed' and lease_expires_at <= ?`;
const TO_CANCEL = `select * from tasks where ${IS_TO_CANCEL} order by seq limit ?`;
const LAPSED = `select * from tasks where ${HAS_LAPSED} order by lease_expires_at, seq limit ?`;
const AGAIN = `select * from tasks where seq = any(?) and (automation_id is null or automation_id = any(?))`;
const LAPSE = `update tasks set status = 'queued', token = null, lease_expires_at = null, lapses = lapses + 1, error = ?,
  updated_at = ? where seq = ? returning *`;

export async function sweepTasks(
  database: Database,
  p: Parameters<TaskStore['sweepTasks']>[0],
): Promise<ChangedTask[]> {
  const toCancel = await database.all<TaskRow>(TO_CANCEL, p.limit);
  const lapsed = await database.all<TaskRow>(LAPSED, p.now, p.limit);
  // An idle tick opens no transaction.
  if (toCancel.length === 0 && lapsed.length === 0) return [];
  return database.write(async (connection) => {
    const free = await lockAutomationsOf(connection, [...toCancel, ...lapsed]);
    const changed: ChangedTask[] = [];
    const canceling = `${AGAIN} and ${IS_TO_CANCEL} order by seq for update skip locked`;
    for (const row of await connection.all<TaskRow>(canceling, seqsOf(toCancel), free)) {
      const { cancel_error: error, cancel_by: by } = row;
      changed.push(await cancelRow(connection, { now: p.now, row, error: error ?? '', by: by ?? '' }));
    }
    const lapsing = `${AGAIN} and ${HAS_LAPSED} order by lease_expires_at, seq for update skip locked`;
    for (const row of await connection.all<TaskRow>(lapsing, seqsOf(lapsed), free, p.now)) {
      changed.push(await lapse(connection, { ...p, row }));
    }
    return changed;
  });
}

function seqsOf(rows: readonly TaskRow[]): number[] {
  return rows.map((row) => row.seq);
}

/** Those that nobody holds, and those that are gone; the tasks of the others have their turn in the next sweep. */
async function lockAutomationsOf(connection: Connection, rows: readonly TaskRow[]): Promise<string[]> {
  const ids = [...new Set(rows.flatMap((row) => row.automation_id ?? []))];
  const locked = new Set((await lockFreeAutomations(connection, ids)).map((row) => row.id));
  const there = await connection.all<{ id: string }>('select id from automations where id = any(?)', ids);
  const busy = new Set(there.flatMap(({ id }) => (locked.has(id) ? [] : [id])));
  return ids.filter((id) => !busy.has(id));
}

async function lapse(
  connection: Connection,
  p: { now: EpochMs; row: TaskRow; lapses_max: number } & TaskEnding,
): Promise<ChangedTask> {
  const { now, row } = p;
  const error = `the lease of ${row.claimed_by ?? 'its worker'} ran out without a word`;
  const back = (await connection.one<TaskRow>(LAPSE, error, now, row.seq))!;
  if (back.lapses < p.lapses_max) return { task: taskOf(back) };
  const result = { status: 'failed' as const, error: `${error}, the ${back.lapses}th time`, by: 'daemon' };
  return endTaskRow(connection, { ...p, row: back, result });
}
