/** Errors about tasks, and the claims on them. Composed into catalog.ts. */
import { entry } from './catalog-entry.ts';
import { EXIT_CODES } from './exit-code.ts';

const { not_found, conflict } = EXIT_CODES;

export const taskErrors = {
  task_not_found: entry<{ id: string }>({
    title: 'Task not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the tasks with `rouse tasks list`.',
    message: ({ id }) => `There is no task ${id}.`,
  }),
  task_run_not_found: entry<{ id: string }>({
    title: 'Task run not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'Take the id from `task_run` of the claim; `rouse tasks get` shows it too.',
    message: ({ id }) => `There is no task run ${id}.`,
  }),
  task_lease_lost: entry<{ id: string }>({
    title: 'Lease lost',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Stop working on it and claim again; somebody else may have the task by now. Send heartbeats before the lease ends.',
    message: ({ id }) =>
      `The claim on task run ${id} does not hold any more: its lease ran out, or the task was given back, ended or canceled. Nothing was changed.`,
  }),
} as const;
