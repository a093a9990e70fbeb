/** The audit trail: who asked for which change, and what became of it. */
import { z } from 'zod';
import { cursorText, filterText, instantText, limitNumber, nextCursor, whenText } from './wire-text.ts';

const changeRecord = z
  .strictObject({
    id: z.string(),
    at: instantText,
    actor: z.string().describe('`user:cli`, `user:page`, `user:mcp`, `token:<name>`, `run:<id>`.'),
    credential_id: z.string().optional().describe("Absent for the home's own token."),
    operation: z.string().describe('By its name in the OpenAPI document: `createJob`.'),
    target: z.string().optional().describe('What it was about, as far as the address said.'),
    outcome: z
      .enum(['begun', 'done', 'refused'])
      .describe('`begun` and nothing later: the daemon died on the way; the state shows whether it happened.'),
    status: z.int().optional(),
    code: z.string().optional(),
  })
  .meta({ id: 'ChangeRecord' });

export const changeRecordPage = z.strictObject({ changes: z.array(changeRecord), next_cursor: nextCursor });

export const changeRecordQuery = z.strictObject({
  since: whenText.optional(),
  until: whenText.optional(),
  actor: filterText.optional(),
  operation: filterText.optional(),
  target: filterText.optional(),
  limit: limitNumber.optional(),
  cursor: cursorText.optional(),
});
