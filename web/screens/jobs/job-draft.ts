/**
 * A job as a form holds it: texts, as they are being typed. What they mean is for the daemon to judge; this only knows
 * which text belongs to which field, and that an empty one means "not said".
 */
import type { ApiJob, Client } from '../../../src/client/client.ts';
import type { ScheduleMode } from '../../../src/model/schedule/schedule-spec.ts';
import { epochOf } from '../../text/time-text.ts';
import { instantOfWall, wallClockOf } from '../../text/zone-text.ts';

export type JobBody = Parameters<Client['jobs']['create']>[0];
export type SpecBody = NonNullable<JobBody['schedule']>;

export interface JobDraft {
  name: string;
  description: string;
  tags: string;
  agent_name: string;
  /** Empty: global. */
  workspace_id: string;
  prompt: string;
  mode: ScheduleMode;
  expr: string;
  interval: string;
  /** Wall time in `timezone`, as the browser's field gives it. */
  wall: string;
  timezone: string;
  jitter: string;
  catch_up_policy: string;
  overlap: string;
  retry: string;
  max_retries: string;
  base_delay: string;
  limit_max: string;
  limit_window: string;
  timeout: string;
  queue_timeout: string;
  priority: string;
  pause_after_failures: string;
  run_tokens: string;
  run_cost_usd: string;
  window_cost_usd: string;
  window: string;
  session_mode: string;
  success_output: string;
  success_pattern: string;
}

const NEW_DRAFT: JobDraft = {
  name: '',
  description: '',
  tags: '',
  agent_name: '',
  workspace_id: '',
  prompt: '',
  mode: 'cron',
  expr: '0 9 * * 1-5',
  interval: '30m',
  wall: '',
  timezone: '',
  jitter: '',
  catch_up_policy: '',
  overlap: '',
  retry: 'none',
  max_retries: '3',
  base_delay: '2s',
  limit_max: '',
  limit_window: '',
  timeout: '',
  queue_timeout: '',
  priority: '',
  pause_after_failures: '',
  run_tokens: '',
  run_cost_usd: '',
  window_cost_usd: '',
  window: '',
  session_mode: '',
  success_output: '',
  success_pattern: '',
};

export function newDraft(p: { timezone: string; agent: string | undefined }): JobDraft {
  return { ...NEW_DRAFT, timezone: p.timezone, agent_name: p.agent ?? '' };
}

const text = (value: string | number | undefined): string => (value === undefined ? '' : String(value));

export function draftOf(job: ApiJob, timezone: string): JobDraft {
  const { schedule, retry, fire_limit, budget, session, success } = job;
  const zone = schedule?.timezone ?? timezone;
  return {
    ...NEW_DRAFT,
    name: job.name,
    description: text(job.description),
    tags: (job.tags ?? []).join(', '),
    agent_name: job.agent_name,
    workspace_id: text(job.workspace_id),
    prompt: job.prompt,
    mode: schedule?.mode ?? 'cron',
    expr: schedule?.expr ?? NEW_DRAFT.expr,
    interval: schedule?.interval ?? NEW_DRAFT.interval,
    wall: schedule?.time === undefined ? '' : wallClockOf(epochOf(schedule.time), zone),
    timezone: zone,
    jitter: text(schedule?.jitter),
    catch_up_policy: text(schedule?.catch_up_policy),
    overlap: text(job.overlap),
    retry: retry.strategy,
    max_retries: retry.strategy === 'none' ? NEW_DRAFT.max_retries : text(retry.max_retries),
    base_delay: retry.strategy === 'none' ? NEW_DRAFT.base_delay : retry.base_delay,
    limit_max: text(fire_limit.max),
    limit_window: fire_limit.window,
    timeout: text(job.timeout),
    queue_timeout: text(job.queue_timeout),
    priority: text(job.priority),
    pause_after_failures: text(job.pause_after_failures),
    run_tokens: text(budget?.run_tokens),
    run_cost_usd: text(budget?.run_cost_usd),
    window_cost_usd: text(budget?.cost_usd),
    window: text(budget?.window),
    session_mode: text(session?.mode),
    success_output: text(success?.output),
    success_pattern: text(success?.pattern),
  };
}

/** What was typed, where something was. */
function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== '' && value !== undefined),
  ) as Partial<T>;
}

/** A number where it reads as one; else the text itself, which the daemon refuses with better words than ours. */
function number(typed: string): number | undefined {
  if (typed.trim() === '') return undefined;
  const value = Number(typed);
  return Number.isNaN(value) ? (typed as unknown as number) : value;
}

function whole<T extends object>(fields: Partial<T>): T | undefined {
  return Object.keys(fields).length === 0 ? undefined : (fields as T);
}

export function specOf(draft: JobDraft): SpecBody {
  const { mode, expr, interval, wall, timezone, jitter, catch_up_policy } = draft;
  const instant = instantOfWall(wall, timezone === '' ? 'UTC' : timezone);
  const when = {
    cron: { expr, ...given({ timezone }) },
    every: { interval },
    at: Number.isNaN(instant) ? {} : { time: new Date(instant).toISOString() },
  }[mode];
  return { mode, ...when, ...given({ jitter, catch_up_policy }) } as SpecBody;
}

export function bodyOf(draft: JobDraft): JobBody {
  const { workspace_id, retry, max_retries, base_delay } = draft;
  const tags = draft.tags.split(',').flatMap((tag) => (tag.trim() === '' ? [] : [tag.trim()]));
  return {
    name: draft.name,
    scope: workspace_id === '' ? 'global' : 'workspace',
    agent_name: draft.agent_name,
    prompt: draft.prompt,
    schedule: specOf(draft),
    retry:
      retry === 'backoff'
        ? { strategy: 'backoff', max_retries: number(max_retries) ?? 0, base_delay }
        : { strategy: 'none', max_retries: 0, base_delay: '' },
    ...given({
      workspace_id,
      description: draft.description,
      overlap: draft.overlap,
      timeout: draft.timeout,
      queue_timeout: draft.queue_timeout,
      priority: number(draft.priority),
      pause_after_failures: number(draft.pause_after_failures),
      tags: tags.length === 0 ? undefined : tags,
      fire_limit: whole(given({ max: number(draft.limit_max), window: draft.limit_window })),
      budget: whole(
        given({
          run_tokens: number(draft.run_tokens),
          run_cost_usd: number(draft.run_cost_usd),
          cost_usd: number(draft.window_cost_usd),
          window: draft.window,
        }),
      ),
      session: whole(given({ mode: draft.session_mode })),
      success: whole(given({ output: draft.success_output, pattern: draft.success_pattern })),
    }),
  } as JobBody;
}
