/** What travels over the routes of tasks and of those who do them; composed into operations.ts. */
import { z } from 'zod';
import { operation } from './operation.ts';
import {
  task,
  taskCancellation,
  taskClaim,
  taskClaimInput,
  taskCompletion,
  taskFailure,
  taskHeartbeat,
  taskInput,
  taskPage,
  taskQuery,
  taskRelease,
} from './task.ts';
import { durationText } from './wire-text.ts';

const taskReply = z.strictObject({ task });
/** Of whatever a worker says about the task that it holds. */
const CLAIM_ERRORS = ['task_run_not_found', 'task_lease_lost'] as const;

export const taskOperations = {
  listTasks: operation({
    tag: 'tasks',
    summary: 'List tasks, newest first',
    access: 'token',
    query: taskQuery,
    reply: { status: 200, description: 'One page of tasks.', schema: taskPage },
    errors: ['invalid_cursor'],
  }),
  createTask: operation({
    tag: 'tasks',
    summary: 'Make a task by hand',
    description: 'Jobs with `task` make one per fire by themselves. A repeated `idempotency_key` answers 200.',
    access: 'token',
    body: { schema: taskInput, judge: 'contract' },
    reply: {
      status: 201,
      description: 'The task, queued.',
      others: { 200: 'It had been made before.' },
      schema: z.strictObject({ task }),
    },
    errors: ['workspace_not_found'],
  }),
  claimTask: operation({
    tag: 'tasks',
    summary: 'Take the next queued task that fits',
    description:
      'Priority first, then age. `claim` is null when there is none; with `wait` the reply comes when there is one, or when that time is over. Send a heartbeat well before the lease ends, or the task goes to somebody else.',
    access: 'token',
    query: z.strictObject({ wait: durationText.optional().describe('At most `10m`.') }),
    body: { schema: taskClaimInput, optional: true, judge: 'contract' },
    reply: {
      status: 200,
      description: 'The claim, or null.',
      schema: z.strictObject({ claim: z.union([taskClaim, z.null()]) }),
    },
    errors: ['task_not_found', 'workspace_not_found'],
  }),
  getTask: operation({
    tag: 'tasks',
    summary: 'Read a task',
    access: 'token',
    reply: { status: 200, description: 'The task.', schema: taskReply },
    errors: ['task_not_found'],
  }),
  heartbeatTask: operation({
    tag: 'tasks',
    summary: 'Prolong the lease of a claim',
    access: 'token',
    body: { schema: taskHeartbeat, judge: 'contract' },
    reply: { status: 200, description: 'The task as it is now.', schema: taskReply },
    errors: CLAIM_ERRORS,
  }),
  completeTask: operation({
    tag: 'tasks',
    summary: 'Say that the work is done',
    description: 'May be repeated. The run that handed the task over shows the outcome.',
    access: 'token',
    body: { schema: taskCompletion, judge: 'contract' },
    reply: { status: 200, description: 'The task as it ended.', schema: taskReply },
    errors: CLAIM_ERRORS,
  }),
  failTask: operation({
    tag: 'tasks',
    summary: 'Say that the work cannot be done',
    description: 'May be repeated. It counts as a failed fire of the job.',
    access: 'token',
    body: { schema: taskFailure, judge: 'contract' },
    reply: { status: 200, description: 'The task as it ended.', schema: taskReply },
    errors: CLAIM_ERRORS,
  }),
  releaseTask: operation({
    tag: 'tasks',
    summary: 'Give a task back into the queue',
    access: 'token',
    body: { schema: taskRelease, judge: 'contract' },
    reply: { status: 200, description: 'The task, queued again.', schema: taskReply },
    errors: CLAIM_ERRORS,
  }),
  cancelTask: operation({
    tag: 'tasks',
    summary: 'End a task, whoever works on it',
    description: "Needs no lease, and takes the task's own id too. May be repeated; a finished task stays as it is.",
    access: 'token',
    body: { schema: taskCancellation, optional: true, judge: 'contract' },
    reply: { status: 200, description: 'The task as it is now.', schema: taskReply },
    errors: ['task_not_found'],
  }),
};
