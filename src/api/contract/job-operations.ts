/** What travels over the routes of jobs; composed into operations.ts. */
import { z } from 'zod';
import { overlayInput } from './automation.ts';
import { backfillInput, backfillReply } from './backfill.ts';
import { explanation } from './explanation.ts';
import { fire } from './fire.ts';
import { jobInput, jobPage, jobPatch, jobQuery, jobReply } from './job.ts';
import { operation } from './operation.ts';
import { jobRunQuery, run, runPage } from './run.ts';
import { durationText, jobWhenText } from './wire-text.ts';

/** A preview or a list of instants longer than this helps nobody. */
const fireCount = z.int().min(1).max(500).describe('How many instants at most; 5 when absent.');

export const jobOperations = {
  listJobs: operation({
    tag: 'jobs',
    summary: 'List jobs, ordered by name',
    access: 'token',
    query: jobQuery,
    reply: { status: 200, description: 'One page of jobs.', schema: jobPage },
    errors: ['invalid_cursor'],
  }),
  createJob: operation({
    tag: 'jobs',
    summary: 'Create a job',
    description: 'Its source is `dynamic`. The reply shows the next five instants: the echo of what was understood.',
    access: 'token',
    body: { schema: jobInput, judge: 'model' },
    reply: { status: 201, description: 'The job as it stands.', schema: jobReply },
    errors: ['at_in_past', 'agent_unknown', 'workspace_not_found', 'job_name_taken'],
  }),
  getJob: operation({
    tag: 'jobs',
    summary: 'Read a job',
    access: 'token',
    reply: { status: 200, description: 'The job; its ETag is for `If-Match`.', schema: jobReply },
    errors: ['job_not_found'],
  }),
  updateJob: operation({
    tag: 'jobs',
    summary: 'Change a job',
    description: 'A JSON merge patch (RFC 7396): null removes a field, objects merge, lists are replaced.',
    access: 'token',
    conditional: true,
    body: { schema: jobPatch, judge: 'model' },
    reply: { status: 200, description: 'The job as it stands.', schema: jobReply },
    errors: [
      'job_not_found',
      'read_only_definition',
      'precondition_failed',
      'at_in_past',
      'agent_unknown',
      'workspace_not_found',
      'job_name_taken',
    ],
  }),
  deleteJob: operation({
    tag: 'jobs',
    summary: 'Delete a job',
    description: 'Waiting runs are canceled, running ones go on, history stays.',
    access: 'token',
    conditional: true,
    reply: { status: 204, description: 'It is gone.' },
    errors: ['job_not_found', 'read_only_definition', 'precondition_failed'],
  }),
  triggerJob: operation({
    tag: 'jobs',
    summary: 'Run a job now',
    description:
      'Answers with the run as it was accepted. With `wait` the reply comes when the run has ended, or when that time is over, whichever is first; `status` says which. While everything is paused the run waits.',
    access: 'token',
    query: z.strictObject({ wait: durationText.optional().describe('At most `10m`.') }),
    body: {
      schema: z
        .strictObject({ prompt: z.string().min(1).optional().describe("Instead of the job's own prompt.") })
        .meta({ id: 'RunNowInput' }),
      optional: true,
      judge: 'contract',
    },
    reply: { status: 202, description: 'The run.', schema: z.strictObject({ run }) },
    errors: ['job_not_found', 'fire_limit_reached', 'budget_exhausted'],
  }),
  backfillJob: operation({
    tag: 'jobs',
    summary: 'Run the instants of a past range',
    description:
      'One run of kind `backfill` per instant, oldest first; they wait behind live fires, and the fire limit defers them. Asking twice creates nothing twice. A range with more instants than the daemon takes at once is refused. A dry run answers 200.',
    access: 'token',
    body: { schema: backfillInput, judge: 'contract' },
    reply: {
      status: 202,
      description: 'The instants, rising, and the runs.',
      others: { 200: 'A dry run: what there would be.' },
      schema: backfillReply,
    },
    errors: ['job_not_found'],
  }),
  explainJob: operation({
    tag: 'jobs',
    summary: 'Say what became of an instant, or will, and why',
    access: 'token',
    query: z.strictObject({ at: jobWhenText.optional().describe(`${jobWhenText.description} Now when absent.`) }),
    reply: {
      status: 200,
      description: 'One sentence, and the facts behind it.',
      schema: z.strictObject({ explanation }),
    },
    errors: ['job_not_found'],
  }),
  listJobRuns: operation({
    tag: 'jobs',
    summary: 'List the runs of a job, newest first',
    access: 'token',
    query: jobRunQuery,
    reply: { status: 200, description: 'One page of runs.', schema: runPage },
    errors: ['job_not_found', 'invalid_cursor'],
  }),
  listJobFires: operation({
    tag: 'jobs',
    summary: 'Calculate the instants of a job',
    description:
      'What the schedule says, without jitter and whatever the switch; from an instant in the past, what it would have said then.',
    access: 'token',
    query: z.strictObject({
      from: jobWhenText
        .optional()
        .describe(`Instants strictly after this one. ${jobWhenText.description} Now when absent.`),
      count: fireCount.optional(),
    }),
    reply: {
      status: 200,
      description: 'The instants, rising.',
      schema: z.strictObject({ timezone: z.string(), fires: z.array(fire) }),
    },
    errors: ['job_not_found'],
  }),
  setJobOverlay: operation({
    tag: 'jobs',
    summary: 'Switch a file or package job on or off',
    access: 'token',
    body: { schema: overlayInput, judge: 'contract' },
    reply: { status: 200, description: 'The job as it stands.', schema: jobReply },
    errors: ['job_not_found', 'overlay_requires_config_source'],
  }),
  clearJobOverlay: operation({
    tag: 'jobs',
    summary: 'Let a file or package job follow its definition again',
    access: 'token',
    reply: { status: 200, description: 'The job as it stands.', schema: jobReply },
    errors: ['job_not_found', 'job_overlay_not_found', 'overlay_requires_config_source'],
  }),
};
