/** What `GET /stream` tells: the vocabulary of events/happening.ts as it travels. */
import { z } from 'zod';
import { HOOK_CALL_STATES, HOOK_EVENTS } from '../../model/hook.ts';
import { eventSummary } from './event.ts';
import { delivery } from './delivery.ts';
import { run } from './run.ts';
import { transcriptEntry } from './session.ts';
import { task } from './task.ts';
import { instantText } from './wire-text.ts';

const at = instantText;

export const happening = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('daemon.started'), at, url: z.string() }),
    z.strictObject({ type: z.literal('daemon.stopping'), at, reason: z.string() }),
    z.strictObject({
      type: z.literal('config.loaded'),
      at,
      created: z.int(),
      changed: z.int(),
      deleted: z.int(),
      problems: z.int(),
    }),
    z.strictObject({
      type: z.literal('config.problem'),
      at,
      file: z.string(),
      line: z.int().optional(),
      column: z.int().optional(),
      path: z.string(),
      code: z.string(),
      message: z.string(),
    }),
    z.strictObject({
      type: z.enum(['job.created', 'job.updated', 'job.deleted', 'job.parked']),
      at,
      job_id: z.string(),
      detail: z.string().optional(),
    }),
    z.strictObject({
      type: z.enum(['trigger.created', 'trigger.updated', 'trigger.deleted']),
      at,
      trigger_id: z.string(),
    }),
    z.strictObject({ type: z.literal('event.accepted'), at, event: eventSummary }),
    z.strictObject({ type: z.literal('run.created'), at, run }),
    z.strictObject({ type: z.literal('run.claimed'), at, run }),
    z.strictObject({ type: z.literal('run.started'), at, run, pid: z.int().optional() }),
    z.strictObject({ type: z.literal('run.finished'), at, run, will_retry: z.boolean() }),
    z.strictObject({
      type: z.literal('transcript.appended'),
      at,
      run_id: z.string(),
      session_id: z.string(),
      entries: z.array(transcriptEntry),
    }),
    z.strictObject({ type: z.literal('delivery.received'), at, delivery, duplicate: z.boolean() }),
    z.strictObject({
      type: z.literal('delivery.refused'),
      at,
      endpoint: z.string(),
      reason: z.string(),
      count: z.int(),
      trigger_id: z.string().optional(),
    }),
    z.strictObject({ type: z.literal('automation.paused'), at, automation_id: z.string(), detail: z.string() }),
    z.strictObject({ type: z.literal('clock.corrected'), at, was_at: instantText }),
    z.strictObject({ type: z.enum(['engine.paused', 'engine.resumed']), at, by: z.string() }),
    z.strictObject({
      type: z.literal('agent.held'),
      at,
      agent_name: z.string(),
      until: instantText,
      detail: z.string(),
    }),
    z.strictObject({ type: z.literal('permission.opened'), at, run }),
    z.strictObject({ type: z.literal('permission.answered'), at, run_id: z.string(), by: z.string() }),
    z.strictObject({ type: z.enum(['task.created', 'task.claimed', 'task.requeued', 'task.finished']), at, task }),
    z.strictObject({
      type: z.literal('hook.called'),
      at,
      call_id: z.string(),
      hook: z.string(),
      event: z.enum(HOOK_EVENTS),
      state: z.enum(HOOK_CALL_STATES),
      duration_ms: z.int(),
      detail: z.string(),
      run_id: z.string().optional(),
    }),
    z.strictObject({
      type: z.literal('service.failed'),
      at,
      service: z.string(),
      error: z.string(),
      code: z.string().optional(),
    }),
    z.strictObject({ type: z.literal('service.recovered'), at, service: z.string() }),
  ])
  .meta({ id: 'Happening' });

export type HappeningText = z.output<typeof happening>;
