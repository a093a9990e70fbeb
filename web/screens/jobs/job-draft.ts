/** A job as a form holds it: what all automations have, when it fires, and what a fire does. */
import type { ApiJob, Client } from '../../../src/client/client.ts';
import type { ScheduleMode } from '../../../src/model/schedule/schedule-spec.ts';
import { epochOf } from '../../text/time-text.ts';
import { instantOfWall, wallClockOf } from '../../text/zone-text.ts';
import type { DraftFields } from '../automations/draft-fields.ts';
import { given, number, typed, whole } from '../automations/draft-text.ts';
import { NEW_POLICY_DRAFT, type PolicyDraft, policyBodyOf, policyDraftOf } from '../automations/policy-draft.ts';

export type JobBody = Parameters<Client['jobs']['create']>[0];
export type SpecBody = NonNullable<JobBody['schedule']>;

export interface JobDraft extends PolicyDraft {
  mode: ScheduleMode;
  expr: string;
  interval: string;
  /** Wall times in `timezone`, as the browser's fields give them. */
  wall: string;
  start_wall: string;
  end_wall: string;
  timezone: string;
  jitter: string;
  dst_gap: string;
  dst_overlap: string;
  catch_up_policy: string;
  catch_up_max: string;
  catch_up_window: string;
  misfire_grace_seconds: string;
  /** What a fire does. */
  deed: 'ask' | 'task';
  task_title: string;
  task_description: string;
  owner_kind: string;
  owner_ref: string;
  network_channel: string;
}

/** What the parts of the form are given. */
export type JobFields = DraftFields<JobDraft>;

const NEW_DRAFT: JobDraft = {
  ...NEW_POLICY_DRAFT,
  mode: 'cron',
  expr: '0 9 * * 1-5',
  interval: '30m',
  wall: '',
  start_wall: '',
  end_wall: '',
  timezone: '',
  jitter: '',
  dst_gap: '',
  dst_overlap: '',
  catch_up_policy: '',
  catch_up_max: '',
  catch_up_window: '',
  misfire_grace_seconds: '',
  deed: 'ask',
  task_title: '',
  task_description: '',
  owner_kind: '',
  owner_ref: '',
  network_channel: '',
};

export function newDraft(p: { timezone: string; agent: string | undefined }): JobDraft {
  return { ...NEW_DRAFT, timezone: p.timezone, agent_name: p.agent ?? '' };
}

export function draftOf(job: ApiJob, timezone: string): JobDraft {
  const { schedule, task } = job;
  const zone = schedule?.timezone ?? timezone;
  const wall = (instant: string | undefined): string =>
    instant === undefined ? '' : wallClockOf(epochOf(instant), zone);
  return {
    ...NEW_DRAFT,
    ...policyDraftOf(job),
    mode: schedule?.mode ?? 'cron',
    expr: schedule?.expr ?? NEW_DRAFT.expr,
    interval: schedule?.interval ?? NEW_DRAFT.interval,
    wall: wall(schedule?.time),
    start_wall: wall(schedule?.start_at),
    end_wall: wall(schedule?.end_at),
    timezone: zone,
    jitter: typed(schedule?.jitter),
    dst_gap: typed(schedule?.dst?.gap),
    dst_overlap: typed(schedule?.dst?.overlap),
    catch_up_policy: typed(schedule?.catch_up_policy),
    catch_up_max: typed(schedule?.catch_up_max),
    catch_up_window: typed(schedule?.catch_up_window),
    misfire_grace_seconds: typed(schedule?.misfire_grace_seconds),
    deed: task === undefined ? 'ask' : 'task',
    task_title: typed(task?.title),
    task_description: typed(task?.description),
    owner_kind: typed(task?.owner?.kind),
    owner_ref: typed(task?.owner?.ref),
    network_channel: typed(task?.network_channel),
  };
}

export function specOf(draft: JobDraft): SpecBody {
  const { mode, expr, interval, timezone } = draft;
  const zone = timezone === '' ? 'UTC' : timezone;
  const instant = (wall: string): string | undefined => {
    const at = instantOfWall(wall, zone);
    return Number.isNaN(at) ? undefined : new Date(at).toISOString();
  };
  const when = {
    cron: { expr, ...given({ timezone }) },
    every: { interval },
    at: given({ time: instant(draft.wall) }),
  }[mode];
  // A single instant has no bounds, and only a calendar knows daylight saving.
  const bounds = mode === 'at' ? {} : { start_at: instant(draft.start_wall), end_at: instant(draft.end_wall) };
  const dst = mode === 'cron' ? whole(given({ gap: draft.dst_gap, overlap: draft.dst_overlap })) : undefined;
  return {
    mode,
    ...when,
    ...given({
      ...bounds,
      dst,
      jitter: draft.jitter,
      catch_up_policy: draft.catch_up_policy,
      catch_up_max: number(draft.catch_up_max),
      catch_up_window: draft.catch_up_window,
      misfire_grace_seconds: number(draft.misfire_grace_seconds),
    }),
  } as SpecBody;
}

export function bodyOf(draft: JobDraft): JobBody {
  const body = { ...policyBodyOf(draft), schedule: specOf(draft) };
  if (draft.deed === 'ask') return body;
  const owner = whole(given({ kind: draft.owner_kind, ref: draft.owner_ref }));
  const task = given({
    title: draft.task_title,
    description: draft.task_description,
    owner,
    network_channel: draft.network_channel,
  });
  return { ...body, task } as JobBody;
}
