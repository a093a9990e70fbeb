/** Who can be woken. Never what the environment of an agent holds, only what its names are. */
import { z } from 'zod';
import { AGENT_TYPES, PERMISSION_POLICIES } from '../../model/agent.ts';
import { durationText, instantText } from './wire-text.ts';

const modeNames = z.array(z.string()).optional();

export const detectedAgent = z
  .strictObject({
    name: z.string(),
    title: z.string(),
    installed: z.boolean(),
    path: z.string().optional(),
    version: z.string().optional(),
    logged_in: z.boolean().optional().describe('As the program itself says; absent where it cannot be asked.'),
    configured_as: z.array(z.string()).describe('Names of the configured agents that start it.'),
    next: z.string().describe('What to do next.'),
    config: z.string().describe('The lines of `[agents.<name>]` with which it is configured.'),
  })
  .meta({ id: 'DetectedAgent' });

export const agentHealth = z
  .strictObject({
    name: z.string(),
    ready: z.boolean().describe('A run would start it.'),
    problem: z.string().optional(),
    hint: z.string().optional().describe('What to do about the problem.'),
    version: z.string().optional(),
    detail: z.string().optional(),
    logged_in: z.boolean().optional().describe('As far as it can be told without spending money.'),
    modes: modeNames,
    models: modeNames,
    held_until: instantText.optional(),
    past: z
      .strictObject({ runs: z.int(), average_tokens: z.number(), average_cost_usd: z.number() })
      .optional()
      .describe('The runs of the past thirty days: what the next one may be expected to cost.'),
  })
  .meta({ id: 'AgentHealth' });

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
