/** What travels over the routes of agents; composed into operations.ts. */
import { z } from 'zod';
import { agent, agentHealth, detectedAgent } from './agent.ts';
import { operation } from './operation.ts';
import { nextCursor, pageQuery } from './wire-text.ts';

export const agentOperations = {
  listAgents: operation({
    tag: 'agents',
    summary: 'List the configured agents',
    access: 'token',
    query: pageQuery,
    reply: {
      status: 200,
      description: 'One page of agents, by name.',
      schema: z.strictObject({ agents: z.array(agent), next_cursor: nextCursor }),
    },
    errors: ['invalid_cursor'],
  }),
  detectAgents: operation({
    tag: 'agents',
    summary: 'Look for agents that are installed on the machine of the daemon',
    description: 'Starts each program that is found to ask for its version and login; no model is asked anything.',
    access: 'token',
    reply: {
      status: 200,
      description: 'All programs that Rouse knows, installed or not.',
      schema: z.strictObject({ agents: z.array(detectedAgent) }),
    },
    errors: [],
  }),
  testAgent: operation({
    tag: 'agents',
    summary: 'Find out whether an agent would start',
    description:
      'Its program, its secrets, its handshake and, as far as it tells, its login. No prompt is sent, so it costs nothing.',
    access: 'token',
    reply: { status: 200, description: 'How it is.', schema: z.strictObject({ health: agentHealth }) },
    errors: ['agent_not_found'],
  }),
  releaseAgent: operation({
    tag: 'agents',
    summary: 'End the hold of an agent whose account was exhausted',
    description: 'Its waiting runs start as soon as there is a place.',
    access: 'token',
    reply: { status: 204, description: 'It is held no more.' },
    errors: ['agent_not_found'],
  }),
};
