/** Errors about runs, and about what keeps one from starting. Composed into catalog.ts. */
import { entry } from './catalog-entry.ts';
import { EXIT_CODES } from './exit-code.ts';

const { not_found, conflict, unavailable, limited } = EXIT_CODES;

export const runErrors = {
  run_not_found: entry<{ id: string }>({
    title: 'Run not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the runs with `rouse runs list`; old runs are removed by the retention rules.',
    message: ({ id }) => `There is no run ${id}.`,
  }),
  run_already_exists: entry<{ id: string }>({
    title: 'Run already exists',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Nothing was started twice; look at the existing run with `rouse runs get`.',
    message: ({ id }) => `The run ${id} was created before, so this request created nothing.`,
  }),
  run_not_finished: entry<{ id: string; status: string }>({
    title: 'Run is not finished',
    status: 409,
    exitCode: conflict,
    retryable: true,
    hint: 'Wait for it with `rouse runs wait`, or cancel it.',
    message: ({ id, status }) => `The run ${id} is ${status}; only a finished run can be tried again.`,
  }),
  permission_not_pending: entry<{ id: string }>({
    title: 'No permission request is open',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Look at the transcript: the request was answered before, or its deadline passed.',
    message: ({ id }) => `The run ${id} does not wait for a permission.`,
  }),
  fire_limit_reached: entry<{ id: string; max: number; window: string; possible_at: string }>({
    title: 'Fire limit reached',
    status: 409,
    exitCode: limited,
    retryable: true,
    hint: 'Wait until the named instant, or raise the fire_limit of the automation.',
    message: ({ id, max, window, possible_at }) =>
      `${id} may run ${max === 1 ? 'once' : `${max} times`} per ${window} and did; the next run is possible at ${possible_at}. Nothing was started.`,
  }),
  budget_exhausted: entry<{ id: string; possible_at?: string }>({
    title: 'Budget exhausted',
    status: 409,
    exitCode: limited,
    retryable: true,
    hint: 'Raise the budget, or wait until older usage leaves its window.',
    message: ({ id, possible_at }) =>
      `The budget of ${id} is spent${possible_at ? ` until ${possible_at}` : ''}. Nothing was started.`,
  }),
  paused: entry<{ since: string }>({
    title: 'Automation is paused',
    status: 503,
    exitCode: unavailable,
    retryable: true,
    hint: 'Resume with `rouse resume`.',
    message: ({ since }) => `All automation has been paused since ${since}. Nothing was started.`,
  }),
} as const;
