/** How a task ends, whoever ends it, and what that means for the automation whose run handed it over. */
import type { EpochMs } from '../../model/instant.ts';
import { isTaskOpen } from '../../model/task.ts';
import type { Task } from '../../model/task.ts';
import type { ChangedTask, TaskEnding, TaskStore } from '../task-store.ts';
import { findAutomation, recordOf } from './automation-row.ts';
import { pauseAutomation } from './automation-write.ts';
import { SET_FAILURES } from '../rows/automation-statements.ts';
import { noFollowUp } from '../rows/task-statements.ts';
import type { Connection } from './connection.ts';
import { promoteNext } from './run-queue.ts';
import { readDefinition } from '../rows/stored-definition.ts';
import { findTask, findTaskRun } from './task-row.ts';
import { taskOf } from '../rows/task-row.ts';
import type { TaskRow } from '../rows/task-row.ts';
import { orNull } from '../rows/value.ts';

export type EndedTask = ChangedTask;

const END = `update tasks set status = ?, output = ?, error = ?, ended_by = ?, ended_at = ?, lease_expires_at = null,
  updated_at = ? where seq = ?`;

export function endTaskRow(
  connection: Connection,
  p: {
    now: EpochMs;
    row: TaskRow;
    result: { status: 'completed' | 'failed' | 'canceled'; output?: string; error?: string; by: string };
  } & TaskEnding,
): EndedTask {
  const { now, row, result } = p;
  connection.run(END, result.status, orNull(result.output), orNull(result.error), result.by, now, now, row.seq);
  const task = taskOf(findTask(connection, row.id)!);
  if (row.automation_id === null) return { task };
  promoteNext(connection, row.automation_id);
  if (result.status === 'canceled') return { task };
  return { task, ...followUp(connection, { ...p, automationId: row.automation_id, task }) };
}

function followUp(
  connection: Connection,
  p: { now: EpochMs; row: TaskRow; automationId: string; task: Task } & TaskEnding,
): { paused?: { error: string } } {
  const automation = findAutomation(connection, p.automationId);
  const read = automation === undefined ? undefined : readDefinition(automation);
  const readable = automation !== undefined && read !== undefined && read.unreadable === undefined;
  const record = readable ? recordOf(connection, automation, read) : undefined;
  const { consecutive_failures: failures, pause } = p.decideFollowUp({ task: p.task, record });
  if (automation === undefined || record === undefined) return {};
  if (failures !== automation.consecutive_failures) {
    connection.run(SET_FAILURES, failures, automation.seq);
  }
  if (pause === undefined) return {};
  const { now, placeCursor } = p;
  const runId = p.row.run_id ?? '';
  const paused = pauseAutomation(connection, { now, row: automation, error: pause.error, runId, placeCursor });
  return paused ? { paused: { error: pause.error } } : {};
}

export function cancelTask(
  connection: Connection,
  p: Parameters<TaskStore['cancelTask']>[0],
): { outcome: 'canceled' | 'finished'; task: Task } | { outcome: 'not_found' } {
  return connection.write(() => {
    const row = findTask(connection, p.id) ?? findTaskRun(connection, p.id);
    if (row === undefined) return { outcome: 'not_found' };
    if (!isTaskOpen(row.status)) return { outcome: 'finished', task: taskOf(row) };
    return { outcome: 'canceled', task: cancelRow(connection, { now: p.now, row, error: p.error, by: p.by }).task };
  });
}

function cancelRow(connection: Connection, p: { now: EpochMs; row: TaskRow; error: string; by: string }): EndedTask {
  const { now, row, error, by } = p;
  return endTaskRow(connection, { ...noFollowUp, now, row, result: { status: 'canceled', error, by } });
}

const TO_CANCEL = `select * from tasks where cancel_by is not null and status in ('queued', 'claimed') order by seq limit ?`;
const LAPSED = `select * from tasks where status = 'claimed' and lease_expires_at <= ? order by lease_expires_at, seq limit ?`;
const ANY_TO_SWEEP = `select 1 from tasks where status = 'claimed' and lease_expires_at <= ?
  union all select 1 from tasks where cancel_by is not null and status in ('queued', 'claimed') limit 1`;
const LAPSE = `update tasks set status = 'queued', token = null, lease_expires_at = null, lapses = lapses + 1, error = ?,
  updated_at = ? where seq = ?`;

export function sweepTasks(connection: Connection, p: Parameters<TaskStore['sweepTasks']>[0]): ChangedTask[] {
  // An idle tick takes no write lock.
  if (connection.one(ANY_TO_SWEEP, p.now) === undefined) return [];
  return connection.write(() => {
    const canceled = connection.all<TaskRow>(TO_CANCEL, p.limit).map((row) => {
      const { cancel_error: error, cancel_by: by } = row;
      return cancelRow(connection, { now: p.now, row, error: error ?? '', by: by ?? '' });
    });
    const lapsed = connection.all<TaskRow>(LAPSED, p.now, p.limit).map((row) => lapse(connection, { ...p, row }));
    return [...canceled, ...lapsed];
  });
}

function lapse(connection: Connection, p: { now: EpochMs; row: TaskRow; lapses_max: number } & TaskEnding): EndedTask {
  const { now, row } = p;
  const error = `the lease of ${row.claimed_by ?? 'its worker'} ran out without a word`;
  connection.run(LAPSE, error, now, row.seq);
  const back = findTask(connection, row.id)!;
  if (back.lapses < p.lapses_max) return { task: taskOf(back) };
  const result = { status: 'failed' as const, error: `${error}, the ${back.lapses}th time`, by: 'daemon' };
  return endTaskRow(connection, { ...p, row: back, result });
}
