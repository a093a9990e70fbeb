/** Errors about jobs, triggers, their overlays and their fires. Composed into catalog.ts. */
import { entry } from './catalog-entry.ts';
import { EXIT_CODES } from './exit-code.ts';

const { not_found, conflict, invalid } = EXIT_CODES;

/** `global` or `workspace checkout-api`, as a message says it. */
function inScope(data: { scope: string; workspace_id?: string | undefined }): string {
  return data.workspace_id ? `workspace ${data.workspace_id}` : `the ${data.scope} scope`;
}

export const automationErrors = {
  job_not_found: entry<{ id: string }>({
    title: 'Job not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the jobs with `rouse jobs list`; a renamed entry of a file is a new job.',
    message: ({ id }) => `There is no job ${id}.`,
  }),
  trigger_not_found: entry<{ id: string }>({
    title: 'Trigger not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the triggers with `rouse triggers list`; a renamed entry of a file is a new trigger.',
    message: ({ id }) => `There is no trigger ${id}.`,
  }),
  scheduler_state_not_found: entry<{ job_id: string }>({
    title: 'Scheduler state not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'Check with `rouse jobs get` that the job still exists; saving it again places its cursor.',
    message: ({ job_id }) => `The job ${job_id} has no durable cursor, so it is not scheduled.`,
  }),
  scheduled_fire_already_claimed: entry<{ fire_id: string }>({
    title: 'Scheduled fire already claimed',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Nothing to do: the fire has its run already.',
    message: ({ fire_id }) => `The fire ${fire_id} was claimed before; it keeps the one run it has.`,
  }),
  job_name_taken: entry<{ name: string; scope: string; workspace_id?: string }>({
    title: 'Job name taken',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Choose another name, or change the existing job.',
    message: (data) => `A job named "${data.name}" exists in ${inScope(data)} already.`,
  }),
  trigger_name_taken: entry<{ name: string; scope: string; workspace_id?: string }>({
    title: 'Trigger name taken',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Choose another name, or change the existing trigger.',
    message: (data) => `A trigger named "${data.name}" exists in ${inScope(data)} already.`,
  }),
  trigger_webhook_id_taken: entry<{ webhook_id: string }>({
    title: 'Webhook id taken',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Leave webhook_id out and let Rouse make one, or choose another.',
    message: ({ webhook_id }) => `Another trigger has the webhook id ${webhook_id} already.`,
  }),
  overlay_requires_config_source: entry<{ id: string; source: string }>({
    title: 'Overlays are for file and package definitions',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Change `enabled` of the definition itself.',
    message: ({ id, source }) =>
      `${id} has source ${source}; only definitions of source config or package take an enabled overlay.`,
  }),
  job_overlay_not_found: entry<{ id: string }>({
    title: 'Job overlay not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'Nothing to clear: the job follows the `enabled` of its definition.',
    message: ({ id }) => `No overlay lies over the job ${id}.`,
  }),
  trigger_overlay_not_found: entry<{ id: string }>({
    title: 'Trigger overlay not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'Nothing to clear: the trigger follows the `enabled` of its definition.',
    message: ({ id }) => `No overlay lies over the trigger ${id}.`,
  }),
  read_only_definition: entry<{ id: string; source: string }>({
    title: 'Read-only definition',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Change its file or package; at run time only the enabled overlay can be set.',
    message: ({ id, source }) =>
      `${id} has source ${source}, so it cannot be changed at run time. Nothing was changed.`,
  }),
  precondition_failed: entry<{ id: string; expected: number; actual: number }>({
    title: 'Changed meanwhile',
    status: 412,
    exitCode: conflict,
    retryable: false,
    hint: 'Read it again, look at what changed, and repeat the change on top of it.',
    message: ({ id, expected, actual }) =>
      `${id} is at revision ${actual}, not ${expected}: somebody changed it meanwhile. Nothing was changed.`,
  }),
  at_in_past: entry<{ time: string; now: string }>({
    title: 'The instant is past',
    status: 422,
    exitCode: invalid,
    retryable: false,
    hint: 'Give an instant in the future, or run the job now by hand.',
    message: ({ time, now }) => `The job is to run once at ${time}, but it is ${now} already. Nothing was created.`,
  }),
  job_disabled: entry<{ id: string; reason?: string }>({
    title: 'Job is disabled',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Enable it with `rouse jobs enable`.',
    message: ({ id, reason }) => `The job ${id} is disabled${reason ? `: ${reason}` : ''}.`,
  }),
  trigger_disabled: entry<{ id: string; reason?: string }>({
    title: 'Trigger is disabled',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Enable it with `rouse triggers enable`.',
    message: ({ id, reason }) => `The trigger ${id} is disabled${reason ? `: ${reason}` : ''}.`,
  }),
  event_not_found: entry<{ id: string }>({
    title: 'Event not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the events with `rouse events list`; old ones are forgotten (retention.events.max_age).',
    message: ({ id }) => `There is no event ${id}.`,
  }),
} as const;
