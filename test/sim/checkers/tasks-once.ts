/** Work that was handed over: one task per run, in one pair of hands at a time, finished once. */
import type { Checker, Reality } from '../checker.ts';

interface TaskRow {
  id: string;
  run_id: string | null;
  automation_id: string | null;
  status: string;
  token: string | null;
  lease_expires_at: number | null;
}

const STEPS = new Set([
  'delegateRuns',
  'createTask',
  'claimTask',
  'renewTaskLease',
  'endTask',
  'releaseTask',
  'cancelTask',
  'sweepTasks',
]);
const FINISHED = new Set(['completed', 'failed', 'canceled']);

export function tasksOnce(): Checker {
  const known = new Map<string, TaskRow>();
  const doneBy = new Map<string, string>();
  return {
    name: 'tasks-once',
    promise: 'a run hands over one task, one worker at a time has it, and it is finished once',
    onStep({ step }, reality) {
      if (!STEPS.has(step.name)) return;
      const now = Number(step.params['now']);
      for (const row of reality.all<TaskRow>('select * from tasks')) {
        const before = known.get(row.id);
        known.set(row.id, row);
        if (before === undefined) checkHandedOver(row, reality);
        else checkStep({ name: step.name, before, row, now }, reality);
      }
    },
    onTaskDone({ taskId, by }, reality) {
      const before = doneBy.get(taskId);
      doneBy.set(taskId, by);
      if (before !== undefined) reality.fail(`${taskId} was done by ${before}, and then by ${by}`, [taskId]);
    },
    atEnd(reality) {
      for (const row of reality.all<TaskRow>('select * from tasks')) {
        if (!FINISHED.has(row.status)) reality.fail(`${row.id} is still ${row.status}`, [row.id]);
        if (doneBy.has(row.id) && row.status !== 'completed')
          reality.fail(`${row.id} was done, as its worker was told, and is ${row.status}`, [row.id]);
      }
      const alone = reality.all<{ id: string }>(
        `select id from runs where status = 'delegated' and id not in (select run_id from tasks where run_id is not null)`,
      );
      for (const { id } of alone) reality.fail(`${id} was handed over, and there is no task`, [id]);
    },
  };
}

function checkHandedOver(row: TaskRow, reality: Reality): void {
  if (row.run_id === null) return;
  const run = reality.findRun(row.run_id);
  if (run?.status !== 'delegated') reality.fail(`${row.id} came of ${row.run_id}, which is ${run?.status}`, [row.id]);
  if (run?.exclusive !== 1) return;
  const open = reality.all<TaskRow>(
    `select * from tasks where automation_id = ? and id <> ? and status in ('queued', 'claimed')`,
    run.automation_id,
    row.id,
  );
  for (const other of open) {
    const otherRun = other.run_id === null ? undefined : reality.findRun(other.run_id);
    if (otherRun?.exclusive === 1)
      reality.fail(`${row.id} was handed over while ${other.id} of the same job is open`, [row.id, other.id]);
  }
}

function checkStep(p: { name: string; before: TaskRow; row: TaskRow; now: number }, reality: Reality): void {
  const { name, before, row, now } = p;
  if (FINISHED.has(before.status) && JSON.stringify(before) !== JSON.stringify(row))
    reality.fail(`${name} changed ${row.id}, which was ${before.status}`, [row.id]);
  if (before.status !== 'claimed' || before.token === row.token) return;
  if (row.status === 'claimed') reality.fail(`${row.id} went from one worker's hands into another's`, [row.id]);
  // Given back, ended or canceled by those who may; the clock alone only takes what has run out.
  if (name === 'sweepTasks' && (before.lease_expires_at ?? 0) > now && row.status === 'queued')
    reality.fail(`${row.id} was taken from its worker ${(before.lease_expires_at ?? 0) - now} ms early`, [row.id]);
}
