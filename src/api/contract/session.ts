/** One conversation with an agent, and what was said in it. */
import { z } from 'zod';
import { TRANSCRIPT_KINDS } from '../../model/session.ts';
import { runUsage } from './run.ts';
import { cursorText, filterText, instantText, limitNumber, nextCursor, whenText } from './wire-text.ts';

export const session = z
  .strictObject({
    id: z.string(),
    run_id: z.string(),
    agent_name: z.string(),
    automation_id: z.string().optional().describe('Its job or trigger.'),
    workspace_id: z.string().optional(),
    cwd: z.string(),
    agent_session_id: z.string().optional(),
    started_at: instantText,
    ended_at: instantText.optional(),
    stop_reason: z.string().optional(),
    stop_detail: z.string().optional(),
    usage: runUsage.optional(),
    transcript_bytes: z.number(),
    transcript_truncated: z.boolean().describe('It reached its bound, and the rest was left out.'),
    transcript_removed_at: instantText.optional().describe('Retention took the transcript away then.'),
  })
  .meta({ id: 'Session' });

export const transcriptEntry = z
  .strictObject({
    seq: z.int().describe('From 1, without holes.'),
    at: instantText,
    kind: z.enum(TRANSCRIPT_KINDS),
    text: z.string(),
    detail: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('As the agent reported it; instants are not rewritten.'),
  })
  .meta({ id: 'TranscriptEntry' });

export const sessionQuery = z.strictObject({
  agent_name: filterText.optional(),
  automation_id: filterText.optional().describe('The id of a job or a trigger.'),
  workspace_id: filterText.optional(),
  since: whenText.optional(),
  until: whenText.optional(),
  limit: limitNumber.optional(),
  cursor: cursorText.optional(),
});

export const sessionPage = z.strictObject({ sessions: z.array(session), next_cursor: nextCursor });

export const transcriptQuery = z.strictObject({
  limit: limitNumber.optional(),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .describe('The `seq` of the last entry that is known: `next_cursor` of the previous page.'),
});

export const transcriptPage = z
  .strictObject({
    run_id: z.string(),
    session_id: z.string().optional().describe('Absent while no agent has started.'),
    entries: z.array(transcriptEntry),
    next_cursor: nextCursor,
  })
  .meta({ id: 'TranscriptPage' });
