/** The durable record of one attempt, as it travels. */
import { z } from 'zod';
import { RUN_KINDS, RUN_REASONS, RUN_STATUSES } from '../../model/run.ts';
import { runTask } from './task.ts';
import { cursorText, filterText, instantText, limitNumber, nextCursor, whenText } from './wire-text.ts';

export const runUsage = z
  .strictObject({
    input_tokens: z.number().optional(),
    output_tokens: z.number().optional(),
    cost_usd: z.number().optional(),
  })
  .meta({ id: 'RunUsage' });

const openPermission = z
  .strictObject({
    title: z.string().describe('What the agent wants to do, in one line.'),
    tool: z.string(),
    options: z
      .array(z.strictObject({ option_id: z.string(), name: z.string(), kind: z.string() }))
      .describe('What may be answered, in the order of the agent.'),
    asked_at: instantText,
    deadline_at: instantText.describe('Denied then.'),
  })
  .meta({ id: 'OpenPermission' });

export const run = z
  .strictObject({
    id: z.string(),
    job_id: z.string().optional(),
    trigger_id: z.string().optional(),
    session_id: z.string().optional().describe('Present once an agent started.'),
    task_id: z.string().optional(),
    task_run_id: z.string().optional(),
    task: runTask.optional().describe('What became of the task of a `delegated` run.'),
    fire_id: z.string().optional().describe('All attempts at one fire share it.'),
    status: z.enum(RUN_STATUSES),
    attempt: z.int().describe('1 for the first attempt.'),
    scheduled_at: instantText.optional(),
    started_at: instantText.optional().describe('Set only when an agent really started.'),
    ended_at: instantText.optional(),
    error: z.string().optional(),
    delivery_error: z.string().optional(),
    delivery_error_at: instantText.optional(),
    reason: z.enum(RUN_REASONS).optional().describe('Why a run is not simply completed.'),
    kind: z.enum(RUN_KINDS),
    created_at: instantText,
    available_at: instantText.optional().describe('Not before this instant.'),
    prompt: z.string().optional().describe('As sent to the agent.'),
    output: z.string().optional().describe('The final answer, bounded.'),
    usage: runUsage.optional(),
    missed: z
      .strictObject({ count: z.int(), first: instantText, last: instantText })
      .optional()
      .describe('The contiguous range of scheduled instants that this run stands for.'),
    event_id: z.string().optional(),
    depth: z.int().optional(),
    actor: z.string().optional().describe('Who asked for it, or who ended it.'),
    node: z.string().optional(),
    exit_code: z.int().optional(),
    permission: openPermission.optional().describe('Present while it waits for somebody to answer its agent.'),
  })
  .meta({ id: 'Run' });

/** In the order in which they are looked at. */
export const RUN_WAITS = [
  'permission',
  'paused',
  'not_before',
  'agent_unknown',
  'usage_limit',
  'previous_run',
  'agent_cap',
  'workspace_cap',
  'node_labels',
  'slot',
] as const;

/** What a run waits for, the first that applies. */
const runWaiting = z
  .strictObject({
    why: z
      .enum(RUN_WAITS)
      .describe(
        '`paused`: everything is, since `since_at`. `not_before`: until `until_at`. `agent_unknown`: no such agent is configured. `usage_limit`: the account of its agent is exhausted until `until_at`. `previous_run`: until `run_id` ends. `agent_cap`, `workspace_cap`: as many run already as its agent or its workspace may have at once. `node_labels`: no node that may start anything has the labels that its automation or its workspace asks for. `slot`: others go first, or all places are taken. `permission`: a running one, until somebody answers its agent, `until_at` at the latest.',
      ),
    sentence: z.string().describe('The same, in words.'),
    since_at: instantText.optional(),
    until_at: instantText.optional(),
    run_id: z.string().optional(),
    ahead: z.int().optional().describe('How many waiting runs come before it, as far as the daemon looked.'),
  })
  .meta({ id: 'RunWaiting' });

/** What a person answers an agent that asked: one of the two. */
export const permissionAnswer = z
  .strictObject({
    decision: z
      .enum(['allow', 'deny'])
      .optional()
      .describe('The option of the request that means it, once rather than for ever.'),
    option_id: z.string().min(1).max(256).optional().describe('One of the options of the request.'),
  })
  .meta({ id: 'PermissionAnswer', description: 'Either `decision` or `option_id`.' });

/** A run asked for by itself says more than one in a list. */
export const runDetail = z.strictObject({ ...run.shape, waiting: runWaiting.optional() }).meta({ id: 'RunDetail' });

const runFilters = {
  status: z.enum(RUN_STATUSES).optional(),
  reason: z.enum(RUN_REASONS).optional(),
  fire_id: filterText.optional(),
  exclude_id: filterText.optional(),
  since: whenText.optional(),
  until: whenText.optional(),
  limit: limitNumber.optional(),
  cursor: cursorText.optional(),
};

/** `since` is inclusive, `until` exclusive; both bound `created_at`. */
export const runQuery = z.strictObject({
  job_id: filterText.optional(),
  trigger_id: filterText.optional(),
  ...runFilters,
});

/** The same within one job. */
export const jobRunQuery = z.strictObject(runFilters);

export const runPage = z.strictObject({ runs: z.array(run), next_cursor: nextCursor }).meta({ id: 'RunPage' });
