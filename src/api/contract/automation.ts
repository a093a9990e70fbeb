/** What jobs and triggers have in common as they are written, as they are patched, and as they are shown. */
import { z } from 'zod';
import {
  DEFAULT_PAUSE_AFTER_FAILURES,
  DEFAULT_TIMEOUT,
  JOB_SOURCES,
  OVERLAP_POLICIES,
} from '../../model/automation-fields.ts';
import { DEFAULT_MAX_DELAY, RETRY_STRATEGIES } from '../../model/retry-config.ts';
import { SCOPES } from '../../model/scope.ts';
import { run } from './run.ts';
import { spending } from './spending.ts';
import { cursorText, durationText, filterText, instantText, limitNumber } from './wire-text.ts';

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
export const writtenFields = {
  name: z.string().describe('Unique within its scope.'),
  scope: z.enum(SCOPES),
  agent_name: z.string().describe('Who is prompted.'),
  workspace_id: z.string().optional().describe('Required with scope `workspace`, absent with `global`.'),
  node_labels: z
    .array(z.string())
    .optional()
    .describe('A run starts only on a node that has all of these labels; the name of a node counts as one.'),
  enabled: z.boolean().describe("The definition's own switch; true when absent."),
  retry: retryConfig.describe('No retries when absent.'),
  fire_limit: fireLimitConfig.describe("The daemon's default when absent: 12 per 1h unless configured."),
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

export const overlapField = z.enum(OVERLAP_POLICIES).optional();

/** The same fields in a merge patch: null takes the field away. */
export const patchedFields = {
  name: writtenFields.name.optional(),
  scope: writtenFields.scope.optional(),
  agent_name: writtenFields.agent_name.nullable().optional(),
  workspace_id: writtenFields.workspace_id.nullable(),
  node_labels: writtenFields.node_labels.nullable(),
  enabled: writtenFields.enabled.optional(),
  retry: retryConfig.partial().nullable().optional(),
  fire_limit: fireLimitConfig.partial().nullable().optional(),
  timeout: writtenFields.timeout.nullable(),
  queue_timeout: writtenFields.queue_timeout.nullable(),
  priority: writtenFields.priority.nullable(),
  budget: writtenFields.budget.nullable(),
  session: writtenFields.session.nullable(),
  success: writtenFields.success.nullable(),
  pause_after_failures: writtenFields.pause_after_failures.nullable(),
  tags: writtenFields.tags.nullable(),
  description: writtenFields.description.nullable(),
};

/** What may be left out when it is created. */
export const defaultedFields = {
  enabled: writtenFields.enabled.optional(),
  retry: writtenFields.retry.optional(),
  fire_limit: writtenFields.fire_limit.optional(),
};

const blocked = z
  .strictObject({
    code: z.enum(['parked', 'unreadable', 'paused_after_failures', 'automation_disabled', 'paused', 'agent_unknown']),
    message: z.string(),
    since_at: instantText.optional().describe('Since when, where that is known.'),
  })
  .meta({ id: 'Blocked', description: 'Why it does not fire although somebody may expect it to.' });

/** What the daemon adds when it shows one. */
export const shownFields = {
  source: z.enum(JOB_SOURCES),
  created_at: instantText,
  updated_at: instantText,
  effective_enabled: z.boolean().describe('The overlay where there is one, else `enabled`.'),
  overlay: z.strictObject({ enabled_override: z.boolean(), updated_at: instantText }).optional(),
  last_run: run.optional(),
  consecutive_failures: z.int().describe('Fires in a row that failed for good.'),
  spent: spending
    .optional()
    .describe(
      'What its runs have used within the window of its budget; only of one that has a budget, and not in lists.',
    ),
  blocked: blocked.optional(),
};

/** How both are listed. */
export const automationQuery = {
  scope: z.enum(SCOPES).optional(),
  workspace_id: filterText.optional(),
  source: z.enum(JOB_SOURCES).optional(),
  name: filterText.optional().describe('Exactly this name.'),
  q: filterText.optional().describe('Part of the name or description, case-insensitive.'),
  tag: filterText.optional(),
  limit: limitNumber.optional(),
  cursor: cursorText.optional(),
};

export const overlayInput = z
  .strictObject({ enabled_override: z.boolean() })
  .meta({ id: 'OverlayInput', description: 'The switch laid over a definition of a file or a package.' });
