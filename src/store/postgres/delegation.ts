/**
 * Handing runs over as tasks. Runs of jobs with a task stand in the lane without an agent; no cap is about them, so
 * they are taken from there as soon as their time has come, however full the house is.
 */
import { isTrigger } from '../../model/automation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Job } from '../../model/job.ts';
import type { Run } from '../../model/run.ts';
import type { Task } from '../../model/task.ts';
import type { AutomationRow } from '../rows/automation-row.ts';
import { runOf } from '../rows/run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import { readDefinition } from '../rows/stored-definition.ts';
import { taskOf } from '../rows/task-row.ts';
import type { TaskStore } from '../task-store.ts';
import { FULL_RUN } from '../rows/run-statements.ts';
import type { Connection, Database } from './database.ts';
import { lockFreeAutomations } from './locks.ts';
import { moveTo, promoteDueToDelegate, promoteNext } from './run-queue.ts';
import { insertTask } from './task-row.ts';

type Delegation = Parameters<TaskStore['delegateRuns']>[0];
type Delegated = { run: Run; task: Task };

/** Looks at the lane in one step; what is left has its turn in the next. */
const BATCHES_MAX = 10;

const ANY_TO_DELEGATE = `select 1 as one where exists (select 1 from runs where queue = 'ready' and agent_name = '')
  or exists (select 1 from runs where queue = 'later' and agent_name = '' and available_at <= ?)`;
const READY = `select runs.seq, automation_id from runs
  where queue = 'ready' and agent_name = '' and (expires_at is null or expires_at > ?) and not (automation_id = any(?))
  order by priority desc, catch_up, order_at, created_at, seq limit ?`;
const AGAIN = `${FULL_RUN} where runs.seq = any(?) and queue = 'ready' and agent_name = ''
  order by priority desc, catch_up, order_at, created_at, runs.seq`;

export async function delegateRuns(database: Database, p: Delegation): Promise<Delegated[]> {
  // An idle tick opens no transaction.
  if ((await database.one(ANY_TO_DELEGATE, p.now)) === undefined) return [];
  return database.write(async (connection) => {
    await promoteDueToDelegate(connection, { now: p.now, limit: p.limit });
    const delegated: Delegated[] = [];
    const skip = new Set<string>();
    // Every row that is looked at leaves the lane or is skipped; the bound is on those that turned out to be blocked.
    for (let batches = 0; batches < BATCHES_MAX && delegated.length < p.limit; batches += 1) {
      const limit = p.limit - delegated.length;
      const found = await connection.all<{ seq: number; automation_id: string }>(READY, p.now, [...skip], limit);
      if (found.length === 0) break;
      delegated.push(...(await delegateBatch(connection, p, { found, skip })));
    }
    return delegated;
  });
}

async function delegateBatch(
  connection: Connection,
  p: Delegation,
  q: { found: readonly { seq: number; automation_id: string }[]; skip: Set<string> },
): Promise<Delegated[]> {
  const ids = [...new Set(q.found.map((row) => row.automation_id))];
  const automations = new Map((await lockFreeAutomations(connection, ids)).map((row) => [row.id, row]));
  // Held by somebody else right now: their runs are left for the next step.
  for (const id of ids) if (!automations.has(id)) q.skip.add(id);
  const open = q.found.filter((row) => automations.has(row.automation_id)).map((row) => row.seq);
  const delegated: Delegated[] = [];
  for (const row of await connection.all<FullRunRow>(AGAIN, open)) {
    const one = await delegateOne(connection, p, { row, automation: automations.get(row.automation_id)! });
    if (one !== undefined) delegated.push(one);
  }
  return delegated;
}

const DELEGATE = `update runs set status = 'delegated', queue = null, reason = null, task_id = ?, task_run_id = ? where seq = ?`;

/** Undefined after the run was moved to where it has to wait instead. */
async function delegateOne(
  connection: Connection,
  p: Delegation,
  q: { row: FullRunRow; automation: AutomationRow },
): Promise<Delegated | undefined> {
  const { row } = q;
  const job = await jobToDelegate(connection, { now: p.now, ...q });
  if (job === undefined) return undefined;
  const from = { run_id: row.id, automation_id: row.automation_id };
  const task = p.describe({ run: runOf(row), job });
  const { row: created } = await insertTask(connection, { now: p.now, task, from });
  await connection.run(DELEGATE, created.id, created.task_run_id, row.seq);
  // Whoever stood behind it either has its turn now, or finds the open task when it is looked at.
  await promoteNext(connection, [row.automation_id]);
  const { id: task_id, task_run_id } = created;
  return { run: runOf({ ...row, status: 'delegated', reason: null, task_id, task_run_id }), task: taskOf(created) };
}

async function jobToDelegate(
  connection: Connection,
  p: { now: EpochMs; row: FullRunRow; automation: AutomationRow },
): Promise<Job | undefined> {
  const { row } = p;
  if (row.available_at > p.now) {
    // The clock went back after this run had been given its place.
    await moveTo(connection, { seqs: [row.seq], queue: 'later' });
    await promoteNext(connection, [row.automation_id]);
    return undefined;
  }
  const read = readDefinition(p.automation);
  const blocked = row.exclusive === 1 && (await isBlocked(connection, row.automation_id));
  if (read.unreadable !== undefined || blocked) {
    await moveTo(connection, { seqs: [row.seq], queue: 'behind' });
    return undefined;
  }
  const { automation } = read;
  return isTrigger(automation) || automation.task === undefined ? undefined : automation;
}

const IS_BLOCKED = `select 1 as one where exists (select 1 from runs where automation_id = ? and status = 'running')
  or exists (select 1 from tasks where automation_id = ? and status in ('queued', 'claimed'))`;

/** Whether a run of it executes, or its work is handed over and not done. */
async function isBlocked(connection: Connection, automationId: string): Promise<boolean> {
  return (await connection.one(IS_BLOCKED, automationId, automationId)) !== undefined;
}
