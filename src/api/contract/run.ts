/** The durable record of one attempt, as it travels. */
import { z } from 'zod';
import { RUN_KINDS, RUN_REASONS, RUN_STATUSES } from '../../model/run.ts';
import { cursorText, filterText, instantText, limitNumber, nextCursor, whenText } from './wire-text.ts';

export const runUsage = z
  .strictObject({
    input_tokens: z.number().optional(),
    output_tokens: z.number().optional(),
    cost_usd: z.number().optional(),
  })
  .meta({ id: 'RunUsage' });

export const run = z
  .strictObject({
    id: z.string(),
    job_id: z.string().optional(),
    trigger_id: z.string().optional(),
    session_id: z.string().optional().describe('Present once an agent started.'),
    task_id: z.string().optional(),
    task_run_id: z.string().optional(),
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
  })
  .meta({ id: 'Run' });

/** What a waiting run waits for, the first that applies. */
const runWaiting = z
  .strictObject({
    why: z
      .enum(['not_before', 'previous_run', 'agent_unknown', 'slot'])
      .describe(
        '`not_before`: until `until_at`. `previous_run`: until `run_id` ends. `agent_unknown`: no such agent is configured. `slot`: others go first, or all slots are taken.',
      ),
    until_at: instantText.optional(),
    run_id: z.string().optional(),
    ahead: z.int().optional().describe('How many waiting runs come before it, as far as the daemon looked.'),
  })
  .meta({ id: 'RunWaiting' });

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
