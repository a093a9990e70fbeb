/** Who can be woken. Never what the environment of an agent holds, only what its names are. */
import { z } from 'zod';
import { AGENT_TYPES, PERMISSION_POLICIES } from '../../model/agent.ts';
import { durationText } from './wire-text.ts';

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
  })
  .meta({ id: 'Agent' });
