/** Hooks of the configuration, and what became of their calls. */
import { z } from 'zod';
import { HOOK_CALL_STATES, HOOK_EVENTS } from '../../model/hook.ts';
import { cursorText, durationText, filterText, instantText, limitNumber, nextCursor } from './wire-text.ts';

export const hook = z
  .strictObject({
    name: z.string(),
    events: z.array(z.enum(HOOK_EVENTS)),
    kind: z.enum(['command', 'url']),
    target: z.string().describe('The program, or the address without its query; arguments are not shown.'),
    timeout: durationText,
    match: z.strictObject({
      agent_name: z.string().optional(),
      workspace_id: z.string().optional(),
      automation: z.string().optional(),
    }),
  })
  .meta({ id: 'Hook' });

export const hookCall = z
  .strictObject({
    id: z.string(),
    hook: z.string(),
    event: z.enum(HOOK_EVENTS),
    state: z.enum(HOOK_CALL_STATES).describe('`waiting`: for its first try, or another one.'),
    created_at: instantText,
    attempts: z.int().describe('Tries that have ended.'),
    next_at: instantText.optional().describe('When the next try may begin.'),
    ended_at: instantText.optional(),
    duration_ms: z.int().optional().describe('Of the last try.'),
    detail: z.string().optional().describe('How the last try ended.'),
    run_id: z.string().optional(),
    automation_id: z.string().optional(),
    event_id: z.string().optional().describe('The event that it tells of.'),
  })
  .meta({ id: 'HookCall' });

export const hookCallQuery = z.strictObject({
  hook: filterText.optional(),
  state: z.enum(HOOK_CALL_STATES).optional(),
  run_id: filterText.optional(),
  limit: limitNumber.optional(),
  cursor: cursorText.optional(),
});

export const hookCallPage = z
  .strictObject({ calls: z.array(hookCall), next_cursor: nextCursor })
  .meta({ id: 'HookCallPage' });

export const hookTest = z
  .strictObject({ call: hookCall, answer: z.string().optional().describe('What a gate said.') })
  .meta({ id: 'HookTest' });
