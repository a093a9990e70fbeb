/** Tasks as they travel: read, made by hand, claimed, and worked on under a lease. */
import { z } from 'zod';
import { OWNER_KINDS } from '../../model/job-task-config.ts';
import { TASK_LEASE_MS, TASK_STATUSES, TASK_TEXT_MAX, TASK_TITLE_MAX } from '../../model/task.ts';
import { cursorText, durationText, filterText, instantText, limitNumber, nextCursor } from './wire-text.ts';

const owner = z
  .strictObject({ kind: z.enum(OWNER_KINDS), ref: z.string().min(1).max(256).describe('Which one of that kind.') })
  .meta({ id: 'Owner', description: 'Whose work it is; workers look for it by both.' });

const channelText = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)
  .describe('Up to 64 lower-case letters, digits, `_` and `-`.');

const taskRun = z
  .strictObject({
    id: z.string(),
    idempotency_key: z.string().describe('Enqueuing twice under one key is enqueuing once.'),
    claims: z.int().describe('How often somebody took it.'),
    lapses: z.int().describe('How many of those leases ran out without a word.'),
    claimed_by: z.string().optional().describe('Who holds it, or held it at the end.'),
    claimed_at: instantText.optional(),
    heartbeat_at: instantText.optional(),
    lease_expires_at: instantText.optional().describe('Present while it is claimed; then it goes back into the queue.'),
    output: z.string().optional().describe('What came of it, in the words of the worker.'),
    error: z.string().optional().describe('Why it failed, was canceled, or went back into the queue last.'),
    ended_by: z.string().optional(),
    ended_at: instantText.optional(),
  })
  .meta({ id: 'TaskRun' });

export const task = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    description: z.string().optional(),
    status: z.enum(TASK_STATUSES),
    owner: owner.optional(),
    network_channel: z.string().optional(),
    workspace_id: z.string().optional(),
    priority: z.int().describe('Higher first.'),
    run_id: z.string().optional().describe('The run that handed it over.'),
    job_id: z.string().optional().describe('The job of that run.'),
    created_by: z.string(),
    created_at: instantText,
    updated_at: instantText,
    task_run: taskRun,
  })
  .meta({ id: 'Task' });

/** What a delegated run shows of its task. */
export const runTask = z
  .strictObject({
    status: z.enum(TASK_STATUSES),
    title: z.string(),
    claimed_by: z.string().optional(),
    output: z.string().optional(),
    error: z.string().optional(),
    ended_by: z.string().optional(),
    ended_at: instantText.optional(),
  })
  .meta({ id: 'RunTask' });

export const taskQuery = z.strictObject({
  status: z.enum(TASK_STATUSES).optional(),
  owner_kind: z.enum(OWNER_KINDS).optional(),
  owner_ref: filterText.optional(),
  network_channel: filterText.optional(),
  workspace_id: filterText.optional(),
  job_id: filterText.optional(),
  limit: limitNumber.optional(),
  cursor: cursorText.optional(),
});

export const taskPage = z.strictObject({ tasks: z.array(task), next_cursor: nextCursor }).meta({ id: 'TaskPage' });

export const taskInput = z
  .strictObject({
    title: z.string().min(1).max(TASK_TITLE_MAX),
    description: z.string().max(TASK_TEXT_MAX).optional(),
    owner: owner.optional(),
    network_channel: channelText.optional(),
    workspace_id: filterText.optional().describe('Id, name or path of a registered workspace.'),
    priority: z.int().optional().describe('Higher first; 0 when absent.'),
    idempotency_key: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .describe('A key that was used before answers with the task of then, and 200.'),
  })
  .meta({ id: 'TaskInput' });

const MINUTE_MS = 60_000;
const lease = durationText
  .optional()
  .describe(
    `How long the claim holds without a heartbeat, 1s to 24h; \`${TASK_LEASE_MS.default / MINUTE_MS}m\` when absent.`,
  );

export const taskClaimInput = z
  .strictObject({
    worker: z.string().min(1).max(256).optional().describe('How the worker calls itself; who asks, when absent.'),
    lease,
    task_id: filterText.optional().describe('This task and no other.'),
    owner: owner.optional(),
    network_channel: channelText.optional(),
    workspace_id: filterText.optional().describe('Id, name or path of a registered workspace.'),
  })
  .meta({ id: 'TaskClaimInput', description: 'Every condition must hold; none means any queued task.' });

export const taskClaim = z
  .strictObject({
    task,
    lease_token: z.string().describe('What every later step of this claim needs. Shown here only.'),
  })
  .meta({ id: 'TaskClaim' });

const lease_token = z.string().min(1).max(256).describe('From the claim.');

export const taskHeartbeat = z.strictObject({ lease_token, lease }).meta({ id: 'TaskHeartbeat' });
export const taskCompletion = z
  .strictObject({ lease_token, output: z.string().max(TASK_TEXT_MAX).optional() })
  .meta({ id: 'TaskCompletion' });
export const taskFailure = z
  .strictObject({ lease_token, error: z.string().min(1).max(TASK_TEXT_MAX) })
  .meta({ id: 'TaskFailure' });
export const taskRelease = z
  .strictObject({ lease_token, reason: z.string().min(1).max(TASK_TITLE_MAX).optional() })
  .meta({ id: 'TaskRelease' });
export const taskCancellation = z
  .strictObject({ reason: z.string().min(1).max(TASK_TITLE_MAX).optional() })
  .meta({ id: 'TaskCancellation' });
