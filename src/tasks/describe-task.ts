/** What a run of a delegating job hands over. Pure. */
import { priorityOf } from '../model/effective.ts';
import { taskIdFor, taskRunIdFor } from '../model/identifiers.ts';
import type { Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import { TASK_TEXT_MAX, TASK_TITLE_MAX } from '../model/task.ts';
import type { NewTask } from '../store/task-store.ts';

/** Its identifiers and its key follow from the run's, so that no repeat can make a second one. */
export function describeTask(p: { run: Run; job: Job }): NewTask {
  const { run, job } = p;
  const { title, description, owner, network_channel } = job.task ?? {};
  const id = taskIdFor({ run_id: run.id });
  // A run by hand may say what is to be done this time; that is meant instead of what the job always says.
  const text = firstText([run.prompt, description, job.prompt]);
  return {
    id,
    task_run_id: taskRunIdFor({ task_id: id }),
    idempotency_key: `run:${run.id}`,
    title: cut(firstText([title, job.name]) ?? job.id, TASK_TITLE_MAX),
    ...(text === undefined ? {} : { description: cut(text, TASK_TEXT_MAX) }),
    ...(owner === undefined ? {} : { owner }),
    ...(network_channel === undefined ? {} : { network_channel }),
    ...(job.workspace_id === undefined ? {} : { workspace_id: job.workspace_id }),
    priority: priorityOf(job),
    created_by: `automation:${job.id}`,
  };
}

function firstText(texts: readonly (string | undefined)[]): string | undefined {
  return texts.find((text) => text !== undefined && text.trim() !== '')?.trim();
}

/** Longer than a task may be is said, not refused: the fire must not be lost over it. */
function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}
