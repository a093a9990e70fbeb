/** Runs as they travel: a delegated one carries what became of its task, because its own row says no more. */
import type { z } from 'zod';
import type { Run } from '../model/run.ts';
import type { Task } from '../model/task.ts';
import type { ApiDeps } from './api-deps.ts';
import type { run as runSchema } from './contract/run.ts';
import { toWire } from './wire.ts';

type RunView = z.output<typeof runSchema>;

export async function runViews(store: Pick<ApiDeps['store'], 'getTasks'>, runs: readonly Run[]): Promise<RunView[]> {
  const ids = runs.flatMap(({ task_id: id }) => id ?? []);
  if (ids.length === 0) return toWire(runs);
  const tasks = new Map((await store.getTasks({ ids })).map((task) => [task.id, task]));
  return runs.map((run) => {
    const task = tasks.get(run.task_id ?? '');
    return task === undefined ? toWire(run) : { ...toWire(run), task: toWire(outcomeOf(task)) };
  });
}

export async function runView(store: Pick<ApiDeps['store'], 'getTasks'>, run: Run): Promise<RunView> {
  const [view] = await runViews(store, [run]);
  return view ?? toWire(run);
}

function outcomeOf(task: Task) {
  const { claimed_by, output, error, ended_by, ended_at } = task.task_run;
  const facts = { claimed_by, output, error, ended_by, ended_at };
  return { status: task.status, title: task.title, ...facts };
}
