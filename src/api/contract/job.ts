/** A job as it is written, as it is patched, and as it is shown. */
import { z } from 'zod';
import {
  DEFAULT_PAUSE_AFTER_FAILURES,
  DEFAULT_TIMEOUT,
  JOB_SOURCES,
  OVERLAP_POLICIES,
} from '../../model/automation.ts';
import { OWNER_KINDS } from '../../model/job-task-config.ts';
import { DEFAULT_MAX_DELAY, RETRY_STRATEGIES } from '../../model/retry-config.ts';
import { CATCH_UP_POLICIES } from '../../model/schedule/schedule-spec.ts';
import { SCOPES } from '../../model/scope.ts';
import { fire } from './fire.ts';
import { run } from './run.ts';
import { scheduleSpec } from './schedule.ts';
import { spending } from './spending.ts';
import { cursorText, durationText, filterText, instantText, limitNumber, nextCursor } from './wire-text.ts';

const retryConfig = z
  .strictObject({
    strategy: z.enum(RETRY_STRATEGIES),
    max_retries: z.int().describe('Further attempts after the first; 0 with `none`.'),
    base_delay: z.string().describe('Before the first retry, doubling after; empty with `none`.'),
    max_delay: durationText.optional().describe(`Upper bound of the doubling; \`${DEFAULT_MAX_DELAY}\` when absent.`),
  })
  .meta({ id: 'RetryConfig' });

const fireLimitConfig = z
  .strictObject({ max: z.int(), window: durationText })
  .meta({ id: 'FireLimitConfig', description: 'At most `max` accepted runs in any rolling `window`.' });

const taskConfig = z
  .strictObject({
    title: z.string().optional(),
    description: z.string().optional(),
    owner: z.strictObject({ kind: z.enum(OWNER_KINDS), ref: z.string() }).optional(),
    network_channel: z.string().optional(),
  })
  .meta({ id: 'JobTaskConfig' });

const budgetConfig = z
  .strictObject({
    run_tokens: z.number().optional(),
    run_cost_usd: z.number().optional(),
    tokens: z.number().optional(),
    cost_usd: z.number().optional(),
    window: durationText.optional(),
  })
  .meta({ id: 'BudgetConfig', description: '0 or absent: no limit. `tokens` and `cost_usd` count over `window`.' });

const sessionConfig = z
  .strictObject({
    mode: z.enum(['new', 'resume']).optional(),
    max_turns: z.int().optional(),
    max_tokens: z.number().optional(),
    max_age: z.string().optional(),
  })
  .meta({ id: 'SessionConfig' });

const successConfig = z
  .strictObject({
    exit_codes: z.array(z.int()).optional(),
    output: z.enum(['required', 'optional']).optional(),
    pattern: z.string().optional(),
    file: z.string().optional(),
  })
  .meta({ id: 'SuccessConfig' });

/** What a person writes, and what may be left out has its default in the text. */
const written = {
  name: z.string().describe('Unique within its scope.'),
  scope: z.enum(SCOPES),
  agent_name: z.string().describe('Who is prompted; may be empty with `task`.'),
  workspace_id: z.string().optional().describe('Required with scope `workspace`, absent with `global`.'),
  prompt: z.string().describe('Plain text; may be empty with `task`.'),
  schedule: scheduleSpec.optional().describe('When it fires; required.'),
  task: taskConfig.optional().describe('A fire hands the work over as a task instead of prompting an agent.'),
  enabled: z.boolean().describe("The definition's own switch; true when absent."),
  retry: retryConfig.describe('No retries when absent.'),
  fire_limit: fireLimitConfig.describe("The daemon's default when absent: 12 per 1h unless configured."),
  overlap: z
    .enum(OVERLAP_POLICIES)
    .optional()
    .describe('What a fire does while an earlier run is unfinished; `skip` when absent.'),
  timeout: durationText.optional().describe(`Longest life of a run; \`${DEFAULT_TIMEOUT}\` unless configured.`),
  queue_timeout: durationText.optional().describe('A run that could not start within it is given up.'),
  priority: z.int().optional().describe('Higher first; 0 when absent.'),
  budget: budgetConfig.optional(),
  session: sessionConfig.optional(),
  success: successConfig.optional(),
  pause_after_failures: z
    .int()
    .optional()
    .describe(`So many fires in a row failed for good disable it; ${DEFAULT_PAUSE_AFTER_FAILURES} when absent.`),
  tags: z.array(z.string()).optional(),
  description: z.string().optional(),
};

/**
 * What `POST` takes. It documents and types; the judge is the model, which says what to do about each mistake.
 * A test compares the two.
 */
export const jobInput = z
  .strictObject({
    ...written,
    agent_name: written.agent_name.optional(),
    prompt: written.prompt.optional(),
    enabled: written.enabled.optional(),
    retry: written.retry.optional(),
    fire_limit: written.fire_limit.optional(),
  })
  .meta({ id: 'JobInput' });

/** What `PATCH` takes: RFC 7396, null removes a field. */
export const jobPatch = z
  .strictObject({
    name: written.name.optional(),
    scope: written.scope.optional(),
    agent_name: written.agent_name.nullable().optional(),
    workspace_id: written.workspace_id.nullable(),
    prompt: written.prompt.nullable().optional(),
    schedule: scheduleSpec
      .partial()
      .nullable()
      .optional()
      .describe('Merged into the present one; null removes a field, so a change of mode nulls the old field.'),
    task: written.task.nullable(),
    enabled: written.enabled.optional(),
    retry: retryConfig.partial().nullable().optional(),
    fire_limit: fireLimitConfig.partial().nullable().optional(),
    overlap: written.overlap.nullable(),
    timeout: written.timeout.nullable(),
    queue_timeout: written.queue_timeout.nullable(),
    priority: written.priority.nullable(),
    budget: written.budget.nullable(),
    session: written.session.nullable(),
    success: written.success.nullable(),
    pause_after_failures: written.pause_after_failures.nullable(),
    tags: written.tags.nullable(),
    description: written.description.nullable(),
  })
  .meta({ id: 'JobPatch' });

const schedulerState = z
  .strictObject({
    job_id: z.string(),
    next_run_at: instantText.optional().describe('The next instant not yet decided; absent when nothing will fire.'),
    last_run_at: instantText.optional(),
    last_scheduled_at: instantText.optional(),
    last_fire_id: z.string().optional(),
    schedule_hash: z.string().optional(),
    catch_up_policy: z.enum(CATCH_UP_POLICIES),
    misfire_grace_seconds: z.number(),
    consecutive_resume_failures: z.int(),
    last_misfire_at: instantText.optional(),
    misfire_count: z.int(),
    updated_at: instantText,
    anchor_at: instantText.optional().describe('Origin of the grid of `every`.'),
    due_at: instantText.optional().describe('`next_run_at` plus jitter, while the job can fire.'),
  })
  .meta({ id: 'SchedulerState', description: 'The durable cursor.' });

const blocked = z
  .strictObject({
    code: z.enum(['parked', 'paused_after_failures', 'automation_disabled', 'paused', 'agent_unknown']),
    message: z.string(),
    since_at: instantText.optional().describe('Since when, where that is known.'),
  })
  .meta({ id: 'Blocked', description: 'Why the job does not fire although somebody may expect it to.' });

export const job = z
  .strictObject({
    id: z.string(),
    ...written,
    source: z.enum(JOB_SOURCES),
    created_at: instantText,
    updated_at: instantText,
    effective_enabled: z.boolean().describe('The overlay where there is one, else `enabled`.'),
    overlay: z.strictObject({ enabled_override: z.boolean(), updated_at: instantText }).optional(),
    schedule_text: z.string().optional().describe('The schedule in words.'),
    scheduler: schedulerState.optional(),
    next_fires: z.array(fire).describe('The next five; empty while the job is switched off, parked or spent.'),
    last_run: run.optional(),
    consecutive_failures: z.int().describe('Fires in a row that failed for good.'),
    spent: spending
      .optional()
      .describe(
        'What its runs have used within the window of its budget; only of a job that has one, and not in lists.',
      ),
    blocked: blocked.optional(),
  })
  .meta({ id: 'Job' });

export const jobReply = z.strictObject({ job });
export const jobPage = z.strictObject({ jobs: z.array(job), next_cursor: nextCursor }).meta({ id: 'JobPage' });

export const jobQuery = z.strictObject({
  scope: z.enum(SCOPES).optional(),
  workspace_id: filterText.optional(),
  source: z.enum(JOB_SOURCES).optional(),
  name: filterText.optional().describe('Exactly this name.'),
  q: filterText.optional().describe('Part of the name or description, case-insensitive.'),
  tag: filterText.optional(),
  limit: limitNumber.optional(),
  cursor: cursorText.optional(),
});

export const overlayInput = z
  .strictObject({ enabled_override: z.boolean() })
  .meta({ id: 'OverlayInput', description: 'The switch laid over a definition of a file or a package.' });
