/**
 * Every tool, as data. What is not here on purpose: setting secrets (their values must not pass through a model),
 * tokens, backups and the daemon's own life: those are a person's business.
 */
import { switchTools } from './switch-tools.ts';
import type { Tool } from './tool.ts';

/** Pages for a reader whose memory costs money. */
const PAGE = { limit: 20 };

export const TOOLS: readonly Tool[] = [
  { name: 'jobs_list', title: 'List jobs', operation: 'listJobs', effect: 'read', defaults: PAGE },
  { name: 'jobs_get', title: 'Read a job', operation: 'getJob', effect: 'read' },
  { name: 'jobs_create', title: 'Create a job', operation: 'createJob', effect: 'change' },
  { name: 'jobs_update', title: 'Change a job', operation: 'updateJob', effect: 'change', idempotent: true },
  { name: 'jobs_delete', title: 'Delete a job', operation: 'deleteJob', effect: 'destroy', idempotent: true },
  { name: 'jobs_trigger', title: 'Run a job now', operation: 'triggerJob', effect: 'change' },
  { name: 'jobs_explain', title: 'Why a job ran or did not', operation: 'explainJob', effect: 'read' },
  { name: 'jobs_history', title: 'Runs of a job', operation: 'listJobRuns', effect: 'read', defaults: PAGE },
  { name: 'jobs_fires', title: 'Coming instants of a job', operation: 'listJobFires', effect: 'read' },
  { name: 'triggers_list', title: 'List triggers', operation: 'listTriggers', effect: 'read', defaults: PAGE },
  { name: 'triggers_get', title: 'Read a trigger', operation: 'getTrigger', effect: 'read' },
  { name: 'triggers_create', title: 'Create a trigger', operation: 'createTrigger', effect: 'change' },
  {
    name: 'triggers_update',
    title: 'Change a trigger',
    operation: 'updateTrigger',
    effect: 'change',
    idempotent: true,
  },
  {
    name: 'triggers_delete',
    title: 'Delete a trigger',
    operation: 'deleteTrigger',
    effect: 'destroy',
    idempotent: true,
  },
  { name: 'triggers_trigger', title: 'Run a trigger now', operation: 'runTrigger', effect: 'change' },
  { name: 'triggers_test', title: 'Try a trigger on an event', operation: 'testTrigger', effect: 'read' },
  {
    name: 'triggers_history',
    title: 'Runs of a trigger',
    operation: 'listTriggerRuns',
    effect: 'read',
    defaults: PAGE,
  },
  { name: 'events_send', title: 'Tell an event', operation: 'sendEvent', effect: 'change' },
  { name: 'events_list', title: 'List events', operation: 'listEvents', effect: 'read', defaults: PAGE },
  { name: 'events_explain', title: 'What came of an event', operation: 'getEvent', effect: 'read' },
  ...switchTools,
  { name: 'schedule_preview', title: 'Preview a schedule', operation: 'previewSchedule', effect: 'read' },
  { name: 'timeline', title: 'What ran and what comes, in marks', operation: 'readTimeline', effect: 'read' },
  { name: 'next', title: 'What fires next', operation: 'listNextFires', effect: 'read' },
  { name: 'runs_list', title: 'List runs', operation: 'listRuns', effect: 'read', defaults: PAGE },
  { name: 'runs_get', title: 'Read a run', operation: 'getRun', effect: 'read' },
  { name: 'runs_cancel', title: 'End a run', operation: 'cancelRun', effect: 'destroy', idempotent: true },
  { name: 'runs_retry', title: 'Try a run again', operation: 'retryRun', effect: 'change' },
  {
    name: 'runs_transcript',
    title: 'What a run’s agent said',
    operation: 'readTranscript',
    effect: 'read',
    defaults: { limit: 50 },
  },
  {
    name: 'runs_permission',
    title: 'Answer an agent that asks for permission',
    operation: 'answerPermission',
    effect: 'change',
  },
  { name: 'tasks_list', title: 'List tasks', operation: 'listTasks', effect: 'read', defaults: PAGE },
  { name: 'tasks_get', title: 'Read a task', operation: 'getTask', effect: 'read' },
  { name: 'tasks_claim', title: 'Take the next task that fits', operation: 'claimTask', effect: 'change' },
  { name: 'tasks_heartbeat', title: 'Prolong a lease', operation: 'heartbeatTask', effect: 'change', idempotent: true },
  { name: 'tasks_complete', title: 'Work is done', operation: 'completeTask', effect: 'change', idempotent: true },
  { name: 'tasks_fail', title: 'Work cannot be done', operation: 'failTask', effect: 'change', idempotent: true },
  { name: 'tasks_release', title: 'Give a task back', operation: 'releaseTask', effect: 'change' },
  { name: 'config', title: 'Effective configuration', operation: 'readConfig', effect: 'read' },
  { name: 'usage', title: 'Tokens and money', operation: 'readUsage', effect: 'read' },
  { name: 'agents_list', title: 'List agents', operation: 'listAgents', effect: 'read' },
  { name: 'workspaces_list', title: 'List workspaces', operation: 'listWorkspaces', effect: 'read' },
  { name: 'status', title: 'How the daemon is', operation: 'getStatus', effect: 'read' },
];
