/** Who can be woken. Never what the environment of an agent holds, only what its names are. */
import { z } from 'zod';
import { AGENT_TYPES, PERMISSION_POLICIES } from '../../model/agent.ts';
import { durationText, instantText } from './wire-text.ts';

export const agent = z
  .strictObject({
    name: z.string(),
    type: z.enum(AGENT_TYPES),
    program: z.string().optional().describe('The program of the command line; its arguments are not shown.'),
    preset: z.string().optional(),
    permission: z.enum(PERMISSION_POLICIES),
    env: z.array(z.string()).describe('Names of environment variables set for it.'),
    env_pass: z.array(z.string()).describe("Names taken over from the daemon's own environment."),
    max_concurrent: z.int().describe('0: no cap of its own.'),
    timeout: durationText.optional(),
    stall_timeout: durationText.optional(),
    stop_grace: durationText,
    mode: z.string().optional(),
    model: z.string().optional(),
    worktree: z.boolean(),
    held_until: instantText
      .optional()
      .describe('Its account is exhausted: nothing of it starts before then, and its runs wait.'),
    held_reason: z.string().optional().describe('What the agent said about it.'),
  })
  .meta({ id: 'Agent' });
