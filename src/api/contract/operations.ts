/** The whole HTTP API, operation by operation; the names are those of route-table.ts. */
import { z } from 'zod';
import {
  issuedToken,
  ownSession,
  signInInput,
  signInLink,
  signInLinkInput,
  tokenInput,
  tokenPage,
  tokenRotation,
} from './access.ts';
import { agent, agentHealth, detectedAgent } from './agent.ts';
import { backfillInput, backfillReply } from './backfill.ts';
import { effectiveValue } from './config.ts';
import { changeRecordPage, changeRecordQuery } from './change-record.ts';
import { explanation } from './explanation.ts';
import { fire, schedulePreview, upcomingFire } from './fire.ts';
import { overlayInput } from './automation.ts';
import { jobInput, jobPage, jobPatch, jobQuery, jobReply } from './job.ts';
import { node } from './node.ts';
import { operation, type Operation } from './operation.ts';
import type { OperationName } from './route-table.ts';
import { pauseState } from './pause.ts';
import { packageInput, packagePage, packageView } from './package.ts';
import { jobRunQuery, permissionAnswer, run, runDetail, runPage, runQuery } from './run.ts';
import { scheduleSpec } from './schedule.ts';
import { keyRotation, secret, secretInput } from './secret.ts';
import { session, sessionPage, sessionQuery, transcriptPage, transcriptQuery } from './session.ts';
import { simulation, SIMULATION_DAYS_DEFAULT, SIMULATION_DAYS_MAX } from './simulation.ts';
import { configProblem, status } from './status.ts';
import { timeline, timelineQuery } from './timeline.ts';
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
import { hookOperations } from './hook-operations.ts';
import { deliveryOperations } from './delivery-operations.ts';
import { triggerOperations } from './trigger-operations.ts';
import { usage, usageQuery } from './usage.ts';
import { durationText, instantText, jobWhenText, limitNumber, nextCursor, pageQuery, whenText } from './wire-text.ts';
import { workspace, workspaceInput, workspacePatch } from './workspace.ts';

/** A preview or a list of instants longer than this helps nobody. */
const fireCount = z.int().min(1).max(500).describe('How many instants at most; 5 when absent.');
const fireFrom = whenText.describe(
  'Instants strictly after this one: RFC 3339, or a duration counted back from now. Now when absent.',
);

export const operations = {
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
  ...triggerOperations,
  ...deliveryOperations,
  ...hookOperations,
  previewSchedule: operation({
    tag: 'schedule',
    summary: 'Say what a schedule means',
    access: 'token',
    scopes: ['read'],
    body: {
      schema: z
        .strictObject({
          spec: scheduleSpec,
          timezone: z.string().optional().describe("The zone where the spec names none; the automation's when absent."),
          from: fireFrom.optional(),
          count: fireCount.optional(),
        })
        .meta({ id: 'SchedulePreviewInput' }),
      judge: 'model',
    },
    reply: { status: 200, description: 'Words and instants.', schema: z.strictObject({ preview: schedulePreview }) },
    errors: [],
  }),
  listNextFires: operation({
    tag: 'schedule',
    summary: 'List what fires next, over all enabled jobs',
    access: 'token',
    query: z.strictObject({
      within: durationText.optional().describe('How far to look: `24h` when absent, at most `8784h` (366 days).'),
      limit: limitNumber.optional(),
    }),
    reply: {
      status: 200,
      description: 'Instants, rising.',
      schema: z.strictObject({
        until_at: instantText.describe('The end of what was looked at.'),
        fires: z.array(upcomingFire),
        truncated: z.boolean().describe('Whether more instants lie before `until_at` than `limit` let through.'),
      }),
    },
    errors: [],
  }),
  simulateJobs: operation({
    tag: 'schedule',
    summary: 'Calculate what the enabled jobs would do in the coming days',
    description:
      'The decisions of the daemon on a clock that runs ahead, with durations and use of past runs. Nothing is created.',
    access: 'token',
    query: z.strictObject({
      days: z
        .int()
        .min(1)
        .max(SIMULATION_DAYS_MAX)
        .optional()
        .describe(`From now on, 1 to ${SIMULATION_DAYS_MAX}; ${SIMULATION_DAYS_DEFAULT} when absent.`),
    }),
    reply: { status: 200, description: 'Job by job, and in all.', schema: z.strictObject({ simulation }) },
    errors: [],
  }),
  readTimeline: operation({
    tag: 'schedule',
    summary: 'Draw what ran and what comes, automation by automation',
    description: 'Runs that are close to each other are one mark, so that busy days stay small.',
    access: 'token',
    query: timelineQuery,
    reply: { status: 200, description: 'Lanes of marks.', schema: z.strictObject({ timeline }) },
    errors: [],
  }),
  listRuns: operation({
    tag: 'runs',
    summary: 'List runs, newest first',
    access: 'token',
    query: runQuery,
    reply: { status: 200, description: 'One page of runs.', schema: runPage },
    errors: ['invalid_cursor'],
  }),
  getRun: operation({
    tag: 'runs',
    summary: 'Read a run, and what it waits for',
    access: 'token',
    reply: { status: 200, description: 'The run.', schema: z.strictObject({ run: runDetail }) },
    errors: ['run_not_found'],
  }),
  cancelRun: operation({
    tag: 'runs',
    summary: 'End a run',
    description: 'Works in every state and may be repeated. A running agent is asked first; the run ends soon after.',
    access: 'token',
    reply: { status: 202, description: 'The run as it is now.', schema: z.strictObject({ run }) },
    errors: ['run_not_found'],
  }),
  retryRun: operation({
    tag: 'runs',
    summary: 'Run the fire of a finished run once more',
    description: 'A new attempt under the same fire, at once, whatever its retry policy says.',
    access: 'token',
    reply: { status: 202, description: 'The new run.', schema: z.strictObject({ run }) },
    errors: ['run_not_found', 'run_not_finished', 'run_already_exists', 'job_not_found', 'fire_limit_reached'],
  }),
  answerPermission: operation({
    tag: 'runs',
    summary: 'Answer what the agent of a run asks',
    description: 'Only while the run carries `permission`. The run goes on when there is a place for it.',
    access: 'token',
    personsOnly: true,
    body: { schema: permissionAnswer, judge: 'contract' },
    reply: { status: 202, description: 'The run as it is now.', schema: z.strictObject({ run }) },
    errors: ['run_not_found', 'permission_not_pending'],
  }),
  readTranscript: operation({
    tag: 'runs',
    summary: "Read a run's transcript, or follow it",
    description:
      'With `Accept: text/event-stream` everything stored comes as server-sent events, then what is said live, until the run ends.',
    access: 'token',
    query: transcriptQuery,
    reply: {
      status: 200,
      description: 'One page of entries.',
      schema: transcriptPage,
      events:
        '`entry` (a TranscriptEntry; its id is `seq`, for `Last-Event-ID`), `run` (the Run when its state changed), `end` (the Run as it ended; nothing follows).',
    },
    errors: ['run_not_found'],
  }),
  readUsage: operation({
    tag: 'usage',
    summary: 'Read what was used, per day, automation and agent',
    description: 'Kept when runs and automations are deleted.',
    access: 'token',
    query: usageQuery,
    reply: { status: 200, description: 'Days and totals.', schema: z.strictObject({ usage }) },
    errors: [],
  }),
  listAgents: operation({
    tag: 'agents',
    summary: 'List the configured agents',
    access: 'token',
    reply: { status: 200, description: 'All agents, by name.', schema: z.strictObject({ agents: z.array(agent) }) },
    errors: [],
  }),
  detectAgents: operation({
    tag: 'agents',
    summary: 'Look for agents that are installed on the machine of the daemon',
    description: 'Starts each program that is found to ask for its version and login; no model is asked anything.',
    access: 'token',
    reply: {
      status: 200,
      description: 'All programs that Rouse knows, installed or not.',
      schema: z.strictObject({ agents: z.array(detectedAgent) }),
    },
    errors: [],
  }),
  testAgent: operation({
    tag: 'agents',
    summary: 'Find out whether an agent would start',
    description:
      'Its program, its secrets, its handshake and, as far as it tells, its login. No prompt is sent, so it costs nothing.',
    access: 'token',
    reply: { status: 200, description: 'How it is.', schema: z.strictObject({ health: agentHealth }) },
    errors: ['agent_not_found'],
  }),
  releaseAgent: operation({
    tag: 'agents',
    summary: 'End the hold of an agent whose account was exhausted',
    description: 'Its waiting runs start as soon as there is a place.',
    access: 'token',
    reply: { status: 204, description: 'It is held no more.' },
    errors: ['agent_not_found'],
  }),
  listWorkspaces: operation({
    tag: 'workspaces',
    summary: 'List the registered workspaces',
    access: 'token',
    query: pageQuery,
    reply: {
      status: 200,
      description: 'One page of workspaces, by name.',
      schema: z.strictObject({ workspaces: z.array(workspace), next_cursor: nextCursor }),
    },
    errors: ['invalid_cursor'],
  }),
  registerWorkspace: operation({
    tag: 'workspaces',
    summary: 'Register a folder',
    description: 'A folder that is registered already takes the new name and trust.',
    access: 'token',
    scopes: ['admin'],
    body: { schema: workspaceInput, judge: 'contract' },
    reply: { status: 201, description: 'The workspace.', schema: z.strictObject({ workspace }) },
    errors: ['folder_not_found', 'workspace_name_taken'],
  }),
  getWorkspace: operation({
    tag: 'workspaces',
    summary: 'Read a workspace',
    access: 'token',
    reply: { status: 200, description: 'By id or name.', schema: z.strictObject({ workspace }) },
    errors: ['workspace_not_found'],
  }),
  updateWorkspace: operation({
    tag: 'workspaces',
    summary: 'Rename a workspace, or change whether it is trusted',
    description:
      'In a trusted workspace `.rouse/automation.toml` is read, and takes effect at once. When trust ends, its definitions go.',
    access: 'token',
    scopes: ['admin'],
    body: { schema: workspacePatch, judge: 'contract' },
    reply: { status: 200, description: 'The workspace as it stands.', schema: z.strictObject({ workspace }) },
    errors: ['workspace_not_found', 'workspace_name_taken'],
  }),
  removeWorkspace: operation({
    tag: 'workspaces',
    summary: 'Forget a workspace',
    description: 'The folder itself is left alone. One that definitions are bound to is refused.',
    access: 'token',
    scopes: ['admin'],
    reply: { status: 204, description: 'It is forgotten.' },
    errors: ['workspace_not_found', 'workspace_in_use'],
  }),
  listSessions: operation({
    tag: 'sessions',
    summary: 'List the conversations with agents, newest first',
    access: 'token',
    query: sessionQuery,
    reply: { status: 200, description: 'One page.', schema: sessionPage },
    errors: ['invalid_cursor'],
  }),
  getSession: operation({
    tag: 'sessions',
    summary: 'Read a session',
    access: 'token',
    reply: { status: 200, description: 'The session.', schema: z.strictObject({ session }) },
    errors: ['session_not_found'],
  }),
  readSessionTranscript: operation({
    tag: 'sessions',
    summary: "Read a session's transcript, or follow it",
    description:
      'As the transcript of its run: with `Accept: text/event-stream` what is stored, then what is said live, until the run ends.',
    access: 'token',
    query: transcriptQuery,
    reply: {
      status: 200,
      description: 'One page of entries.',
      schema: transcriptPage,
      events: '`entry`, `run` and `end`, as for the transcript of a run.',
    },
    errors: ['session_not_found'],
  }),
  listSecrets: operation({
    tag: 'secrets',
    summary: 'List the names in the vault',
    description: 'Never a value: there is no route that gives one back.',
    access: 'token',
    reply: { status: 200, description: 'All names, in order.', schema: z.strictObject({ secrets: z.array(secret) }) },
    errors: [],
  }),
  setSecret: operation({
    tag: 'secrets',
    summary: 'Store a secret, also over an older value',
    description:
      'The name is what follows `vault:automation/` in a reference, with its slashes percent-encoded. The value is sealed before it is stored and never shown again.',
    access: 'token',
    body: { schema: secretInput, judge: 'contract', confidential: true },
    reply: {
      status: 200,
      description: 'The name.',
      others: { 201: 'It is new.' },
      schema: z.strictObject({ secret, created: z.boolean() }),
    },
    errors: ['secret_too_large', 'vault_full', 'vault_locked'],
  }),
  removeSecret: operation({
    tag: 'secrets',
    summary: 'Remove a secret',
    access: 'token',
    reply: { status: 204, description: 'It is gone.' },
    errors: ['secret_not_found', 'validation_failed'],
  }),
  rotateSecretKey: operation({
    tag: 'secrets',
    summary: 'Seal every secret with a new master key',
    description:
      'Makes a new key file; where ROUSE_MASTER_KEY is set, everything is sealed with what it holds now (the older key stands in ROUSE_MASTER_KEY_PREVIOUS or in the file).',
    access: 'token',
    reply: { status: 200, description: 'How many values were sealed anew.', schema: keyRotation },
    errors: ['vault_locked'],
  }),
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
    reply: { status: 200, description: 'The task.', schema: z.strictObject({ task }) },
    errors: ['task_not_found'],
  }),
  heartbeatTask: operation({
    tag: 'tasks',
    summary: 'Prolong the lease of a claim',
    access: 'token',
    body: { schema: taskHeartbeat, judge: 'contract' },
    reply: { status: 200, description: 'The task as it is now.', schema: z.strictObject({ task }) },
    errors: ['task_run_not_found', 'task_lease_lost'],
  }),
  completeTask: operation({
    tag: 'tasks',
    summary: 'Say that the work is done',
    description: 'May be repeated. The run that handed the task over shows the outcome.',
    access: 'token',
    body: { schema: taskCompletion, judge: 'contract' },
    reply: { status: 200, description: 'The task as it ended.', schema: z.strictObject({ task }) },
    errors: ['task_run_not_found', 'task_lease_lost'],
  }),
  failTask: operation({
    tag: 'tasks',
    summary: 'Say that the work cannot be done',
    description: 'May be repeated. It counts as a failed fire of the job.',
    access: 'token',
    body: { schema: taskFailure, judge: 'contract' },
    reply: { status: 200, description: 'The task as it ended.', schema: z.strictObject({ task }) },
    errors: ['task_run_not_found', 'task_lease_lost'],
  }),
  releaseTask: operation({
    tag: 'tasks',
    summary: 'Give a task back into the queue',
    access: 'token',
    body: { schema: taskRelease, judge: 'contract' },
    reply: { status: 200, description: 'The task, queued again.', schema: z.strictObject({ task }) },
    errors: ['task_run_not_found', 'task_lease_lost'],
  }),
  cancelTask: operation({
    tag: 'tasks',
    summary: 'End a task, whoever works on it',
    description: "Needs no lease, and takes the task's own id too. May be repeated; a finished task stays as it is.",
    access: 'token',
    body: { schema: taskCancellation, optional: true, judge: 'contract' },
    reply: { status: 200, description: 'The task as it is now.', schema: z.strictObject({ task }) },
    errors: ['task_not_found'],
  }),
  readConfig: operation({
    tag: 'config',
    summary: 'List the effective configuration, and where each value comes from',
    access: 'token',
    reply: {
      status: 200,
      description: 'Every value, by path.',
      schema: z.strictObject({ values: z.array(effectiveValue) }),
    },
    errors: [],
  }),
  listConfigProblems: operation({
    tag: 'config',
    summary: 'List what is wrong with the configuration files',
    description: 'An entry that is wrong keeps its last good version until it is mended.',
    access: 'token',
    reply: {
      status: 200,
      description: 'All problems, with their places.',
      schema: z.strictObject({ problems: z.array(configProblem) }),
    },
    errors: [],
  }),
  pauseAutomation: operation({
    tag: 'daemon',
    summary: 'Pause everything',
    description:
      'Nothing is planned and nothing starts any more; what runs goes on, what waits keeps waiting. Instants that come due meanwhile leave one `canceled` run with reason `paused` per job. May be repeated: the first pause counts.',
    access: 'token',
    reply: { status: 200, description: 'It is paused.', schema: z.strictObject({ automation: pauseState }) },
    errors: [],
  }),
  resumeAutomation: operation({
    tag: 'daemon',
    summary: 'End the pause',
    description:
      'Which jobs were off stays as it was. May be repeated. While `[automation] enabled = false` stands in the configuration everything stays paused, and the reply says so.',
    access: 'token',
    reply: { status: 200, description: 'How it is now.', schema: z.strictObject({ automation: pauseState }) },
    errors: [],
  }),
  getStatus: operation({
    tag: 'daemon',
    summary: 'Say how the daemon is',
    access: 'token',
    reply: { status: 200, description: 'The status.', schema: z.strictObject({ status }) },
    errors: [],
  }),
  streamHappenings: operation({
    tag: 'daemon',
    summary: 'Listen to everything that happens',
    access: 'token',
    reply: {
      status: 200,
      description: 'Server-sent events, from now on; with `Last-Event-ID`, from after that one.',
      events:
        'Each event is named by the `type` of its Happening. `hello` comes first: from then on nothing is missed. With `Last-Event-ID` what was missed follows it; `gap` comes before it when some of that is no longer known, as after a restart. `overflow` comes last when the client read too slowly.',
    },
    errors: ['rate_limited'],
  }),
  readOwnSession: operation({
    tag: 'access',
    summary: 'Say who asks, and what they may do',
    access: 'token',
    scopes: ['any'],
    reply: { status: 200, description: 'Whose credential it is.', schema: z.strictObject({ session: ownSession }) },
    errors: [],
  }),
  signIn: operation({
    tag: 'access',
    summary: 'Exchange a one-time code for the cookie of a page',
    description:
      'The cookie is `HttpOnly` and `SameSite=Strict`. It lasts 30 days, or until it was not used for 7, and outlives a restart of the daemon.',
    access: 'open',
    body: { schema: signInInput, judge: 'contract' },
    reply: { status: 201, description: 'Signed in.', schema: z.strictObject({ session: ownSession }) },
    errors: ['sign_in_link_invalid', 'rate_limited'],
  }),
  signOut: operation({
    tag: 'access',
    summary: 'End the cookie of this page',
    access: 'token',
    scopes: ['any'],
    reply: { status: 204, description: 'It opens nothing any more.' },
    errors: ['not_a_page'],
  }),
  createSignInLink: operation({
    tag: 'access',
    summary: 'Make a link by which a page signs in',
    description: 'It works once, for two minutes.',
    access: 'token',
    scopes: ['admin'],
    body: { schema: signInLinkInput, optional: true, judge: 'contract' },
    reply: { status: 201, description: 'The link.', schema: z.strictObject({ link: signInLink }) },
    errors: [],
  }),
  listTokens: operation({
    tag: 'access',
    summary: 'List tokens and signed-in pages',
    access: 'token',
    scopes: ['admin'],
    query: pageQuery,
    reply: { status: 200, description: 'By kind, then by name. Secrets are nowhere in it.', schema: tokenPage },
    errors: ['invalid_cursor'],
  }),
  createToken: operation({
    tag: 'access',
    summary: 'Create a token with scopes',
    description: 'Its secret is in this reply and nowhere else.',
    access: 'token',
    body: { schema: tokenInput, judge: 'contract' },
    reply: { status: 201, description: 'The token, and its secret.', schema: issuedToken },
    errors: ['token_name_taken'],
  }),
  rotateToken: operation({
    tag: 'access',
    summary: 'Give a token a new secret',
    description: 'The old secret opens nothing from then on.',
    access: 'token',
    body: { schema: tokenRotation, optional: true, judge: 'contract' },
    reply: { status: 200, description: 'The token, and its new secret.', schema: issuedToken },
    errors: ['token_not_found', 'token_expired'],
  }),
  revokeToken: operation({
    tag: 'access',
    summary: 'Take a token back, or sign a page out',
    access: 'token',
    reply: { status: 204, description: 'It opens nothing any more.' },
    errors: ['token_not_found'],
  }),
  listPackages: operation({
    tag: 'packages',
    summary: 'List the packages',
    access: 'token',
    query: pageQuery,
    reply: { status: 200, description: 'By name.', schema: packagePage },
    errors: ['invalid_cursor'],
  }),
  addPackage: operation({
    tag: 'packages',
    summary: 'Add a package: a folder, or a name in the npm registry',
    description:
      'What comes from npm is fetched into an owner-only folder of the home, without running any script. The definitions take effect at once; one that is wrong is told in `/config/problems` and disturbs no other. A package that is there already is replaced.',
    access: 'token',
    body: { schema: packageInput, judge: 'contract' },
    reply: { status: 201, description: 'The package.', schema: z.strictObject({ package: packageView }) },
    errors: ['package_invalid', 'package_install_failed'],
  }),
  removePackage: operation({
    tag: 'packages',
    summary: 'Remove a package, and what it defined',
    description: 'The name, with its slash percent-encoded. What runs goes on, history stays, a folder is left alone.',
    access: 'token',
    reply: { status: 204, description: 'It is gone.' },
    errors: ['package_not_found'],
  }),
  listChanges: operation({
    tag: 'access',
    summary: 'List who asked for which change, newest first',
    description:
      'Each change is written down before it is carried out. Tasks and events have records of their own. Kept for a year.',
    access: 'token',
    scopes: ['admin'],
    query: changeRecordQuery,
    reply: { status: 200, description: 'One page of records.', schema: changeRecordPage },
    errors: ['invalid_cursor'],
  }),
  listNodes: operation({
    tag: 'daemon',
    summary: 'List the machines that take part',
    access: 'token',
    query: pageQuery,
    reply: {
      status: 200,
      description: 'By name.',
      schema: z.strictObject({ nodes: z.array(node), next_cursor: nextCursor }),
    },
    errors: ['invalid_cursor'],
  }),
  getHealth: operation({
    tag: 'daemon',
    summary: 'Whether the process answers',
    access: 'open',
    reply: { status: 200, description: 'It does.', schema: z.strictObject({ status: z.literal('ok') }) },
    errors: [],
  }),
  getReadiness: operation({
    tag: 'daemon',
    summary: 'Whether the daemon does its work',
    access: 'open',
    reply: {
      status: 200,
      description: 'It does. The same body with status 503 and `not_ready` when it does not.',
      schema: z.strictObject({
        status: z.enum(['ready', 'not_ready']),
        waiting_for: z.array(z.string()).optional().describe('Names of the services that are not ready.'),
      }),
    },
    errors: [],
  }),
  getMetrics: operation({
    tag: 'daemon',
    summary: 'Counters, histograms and gauges for Prometheus',
    description: 'The text exposition format; also at `/metrics`. A scraper sends the token as its bearer token.',
    access: 'token',
    reply: { status: 200, description: 'Text.' },
    errors: [],
  }),
  getOpenApi: operation({
    tag: 'daemon',
    summary: 'This document',
    access: 'open',
    reply: { status: 200, description: 'OpenAPI 3.1.', schema: z.record(z.string(), z.unknown()) },
    errors: [],
  }),
  getDocs: operation({
    tag: 'daemon',
    summary: 'The reference page, for people',
    access: 'open',
    reply: { status: 200, description: 'HTML, without scripts.' },
    errors: [],
  }),
} satisfies Record<OperationName, Operation>;

export type Operations = typeof operations;
