/** What a job must be: the checks of the reference in its order, then the fields beyond it. */
import type { Job } from '../job.ts';
import type { RetryStrategy } from '../retry-config.ts';
import { automationFields, checkAutomationAdditions } from './automation-additions.ts';
import { checkLimits, checkScopeAndSource } from './automation.ts';
import type { Fields } from './fields.ts';
import { checkSchedule } from './schedule.ts';
import { checkTask } from './task.ts';
import { validator } from './validator.ts';

const jobFields = Object.keys({
  ...automationFields,
  schedule: true,
  task: true,
} satisfies Record<keyof Job, true>);

function checkJobSchedule(fields: Fields): void {
  if (!fields.has('schedule')) {
    const message = 'A job needs a schedule, such as { mode = "cron", expr = "0 9 * * 1-5" }.';
    return fields.report('schedule', { code: 'required', message });
  }
  const schedule = fields.object('schedule');
  if (schedule !== undefined) checkSchedule(schedule);
}

/** The task side has its own retries; attempts on both sides would multiply. */
function checkJobTask(fields: Fields, strategy: RetryStrategy | undefined): void {
  const task = fields.object('task');
  if (task !== undefined) checkTask(task);
  if (fields.has('task') && fields.has('node_labels')) {
    const labels = 'A job with a task starts nothing on a node; whoever takes the task does. Leave node_labels out.';
    fields.report('node_labels', { code: 'conflict', message: labels });
  }
  if (!fields.has('task') || strategy === undefined || strategy === 'none') return;
  const message = 'A job with a task must have retry strategy "none": the task is tried again by whoever works on it.';
  fields.report('retry.strategy', { code: 'conflict', message, value: strategy });
}

function checkJob(fields: Fields): void {
  fields.required('name', 'A job needs a name.');
  if (fields.has('task')) {
    fields.text('agent_name');
    fields.text('prompt');
  } else {
    fields.required('agent_name', 'A job needs the name of the agent to wake, or a task to hand over.');
    fields.required('prompt', 'A job needs a prompt, or a task to hand over.');
  }
  checkScopeAndSource(fields);
  checkJobSchedule(fields);
  checkJobTask(fields, checkLimits(fields));
  checkAutomationAdditions(fields.additions());
  fields.refuseUnknown(jobFields);
}

export const validateJob = validator(checkJob);
