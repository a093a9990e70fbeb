/** A job as it is written, as it is patched, and as it is shown. */
import { z } from 'zod';
import { OWNER_KINDS } from '../../model/job-task-config.ts';
import { CATCH_UP_POLICIES } from '../../model/schedule/schedule-spec.ts';
import {
  automationQuery,
  defaultedFields,
  overlapField,
  patchedFields,
  shownFields,
  writtenFields,
} from './automation.ts';
import { fire } from './fire.ts';
import { scheduleSpec } from './schedule.ts';
import { instantText, nextCursor } from './wire-text.ts';

const taskConfig = z
  .strictObject({
    title: z.string().optional(),
    description: z.string().optional(),
    owner: z.strictObject({ kind: z.enum(OWNER_KINDS), ref: z.string() }).optional(),
    network_channel: z.string().optional(),
  })
  .meta({ id: 'JobTaskConfig' });

const written = {
  ...writtenFields,
  agent_name: z.string().describe('Who is prompted; may be empty with `task`.'),
  prompt: z.string().describe('Plain text; may be empty with `task`.'),
  schedule: scheduleSpec.optional().describe('When it fires; required.'),
  task: taskConfig.optional().describe('A fire hands the work over as a task instead of prompting an agent.'),
  overlap: overlapField.describe('What a fire does while an earlier run is unfinished; `skip` when absent.'),
};

/**
 * What `POST` takes. It documents and types; the judge is the model, which says what to do about each mistake.
 * A test compares the two.
 */
export const jobInput = z
  .strictObject({
    ...written,
    ...defaultedFields,
    agent_name: written.agent_name.optional(),
    prompt: written.prompt.optional(),
  })
  .meta({ id: 'JobInput' });

/** What `PATCH` takes: RFC 7396, null removes a field. */
export const jobPatch = z
  .strictObject({
    ...patchedFields,
    prompt: written.prompt.nullable().optional(),
    schedule: scheduleSpec
      .partial()
      .nullable()
      .optional()
      .describe('Merged into the present one; null removes a field, so a change of mode nulls the old field.'),
    task: written.task.nullable(),
    overlap: written.overlap.nullable(),
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

export const job = z
  .strictObject({
    id: z.string(),
    ...written,
    ...shownFields,
    schedule_text: z.string().optional().describe('The schedule in words.'),
    scheduler: schedulerState.optional(),
    next_fires: z.array(fire).describe('The next five; empty while the job is switched off, parked or spent.'),
  })
  .meta({ id: 'Job' });

export const jobReply = z.strictObject({ job });
export const jobPage = z.strictObject({ jobs: z.array(job), next_cursor: nextCursor }).meta({ id: 'JobPage' });

export const jobQuery = z.strictObject(automationQuery);
