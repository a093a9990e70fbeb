/** An automation is a job, woken by time, or a trigger, woken by an event. */
import type { Job } from './job.ts';
import type { Trigger } from './trigger.ts';

export type Automation = Job | Trigger;

export function isTrigger(automation: Automation): automation is Trigger {
  return 'event' in automation;
}
