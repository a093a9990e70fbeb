/**
 * Handing runs over as tasks. Runs of jobs with a task stand in the lane without an agent; no cap is about them, so
 * they are taken from there as soon as their time has come, however full the house is.
 */
import { isTrigger } from '../../model/automation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Job } from '../../model/job.ts';
import type { Run } from '../../model/run.ts';
import type { Task } from '../../model/task.ts';
import type { TaskStore } from '../task-store.ts';
import { findAutomation } from './automation-row.ts';
import { FULL_RUN } from '../rows/run-statements.ts';
import type { Connection } from './connection.ts';
import { isBusy, moveTo, promoteDueTo, promoteNext } from './run-queue.ts';
import { runOf } from '../rows/run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import { readDefinition } from '../rows/stored-definition.ts';
import { insertTask } from './task-row.ts';
import { taskOf } from '../rows/task-row.ts';

type Delegation = Parameters<TaskStore['delegateRuns']>[0];

/** Looks at the lane in one step; what is left has its turn in the next. */
const BATCHES_MAX = 10;

const ANY_TO_DELEGATE = `select 1 from runs where queue = 'ready' and agent_name = ''
  union all select 1 from runs where queue = 'later' and agent_name = '' and available_at <= ? limit 1`;
const READY = `${FULL_RUN} where queue = 'ready' and agent_name = '' and (expires_at is null or expires_at > ?)
  order by priority desc, catch_up, order_at, created_at, seq limit ?`;

export function delegateRuns(connection: Connection, p: Delegation): { run: Run; task: Task }[] {
  // An idle tick takes no write lock.
  if (connection.one(ANY_TO_DELEGATE, p.now) === undefined) return [];
  return connection.write(() => {
    promoteDueTo(connection, { now: p.now, limit: p.limit });
    const delegated: { run: Run; task: Task }[] = [];
    // Every row that is looked at leaves the lane; the bound is on those that only turned out to be blocked.
    for (let batches = 0; batches < BATCHES_MAX && delegated.length < p.limit; batches += 1) {
      const rows = connection.all<FullRunRow>(READY, p.now, p.limit - delegated.length);
      if (rows.length === 0) break;
      delegated.push(...rows.flatMap((row) => delegateOne(connection, p, row) ?? []));
    }
    return delegated;
  });
}

const DELEGATE = `update runs set status = 'delegated', queue = null, reason = null, task_id = ?, task_run_id = ? where seq = ?`;

/** Undefined after the run was moved to where it has to wait instead. */
function delegateOne(connection: Connection, p: Delegation, row: FullRunRow): { run: Run; task: Task } | undefined {
  const job = jobToDelegate(connection, { now: p.now, row });
  if (job === undefined) return undefined;
  const from = { run_id: row.id, automation_id: row.automation_id };
  const { row: created } = insertTask(connection, { now: p.now, task: p.describe({ run: runOf(row), job }), from });
  connection.run(DELEGATE, created.id, created.task_run_id, row.seq);
  // Whoever stood behind it either has its turn now, or finds the open task when it is looked at.
  promoteNext(connection, row.automation_id);
  const run = runOf({
    ...row,
    status: 'delegated',
    reason: null,
    task_id: created.id,
    task_run_id: created.task_run_id,
  });
  return { run, task: taskOf(created) };
}

function jobToDelegate(connection: Connection, p: { now: EpochMs; row: FullRunRow }): Job | undefined {
  const { row } = p;
  if (row.available_at > p.now) {
    // The clock went back after this run had been given its place.
    moveTo(connection, { seq: row.seq, queue: 'later' });
    promoteNext(connection, row.automation_id);
    return undefined;
  }
  const found = findAutomation(connection, row.automation_id);
  const read = found === undefined ? undefined : readDefinition(found);
  const blocked =
    row.exclusive === 1 && (isBusy(connection, row.automation_id) || hasOpenTask(connection, row.automation_id));
  if (read === undefined || read.unreadable !== undefined || blocked) {
    moveTo(connection, { seq: row.seq, queue: 'behind' });
    return undefined;
  }
  const { automation } = read;
  return isTrigger(automation) || automation.task === undefined ? undefined : automation;
}

const OPEN_TASK = `select 1 from tasks where automation_id = ? and status in ('queued', 'claimed') limit 1`;

function hasOpenTask(connection: Connection, automationId: string): boolean {
  return connection.one(OPEN_TASK, automationId) !== undefined;
}
