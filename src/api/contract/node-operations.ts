/** What travels over the routes of nodes; composed into operations.ts. */
import { z } from 'zod';
import { node } from './node.ts';
import { operation } from './operation.ts';
import { nextCursor, pageQuery } from './wire-text.ts';

const one = z.strictObject({ node });

export const nodeOperations = {
  listNodes: operation({
    tag: 'daemon',
    summary: 'List the machines that take part',
    access: 'token',
    query: pageQuery,
    reply: {
      status: 200,
      description: 'By name. One that nobody has heard of for a week is left out.',
      schema: z.strictObject({ nodes: z.array(node), next_cursor: nextCursor }),
    },
    errors: ['invalid_cursor'],
  }),
  getNode: operation({
    tag: 'daemon',
    summary: 'Read a machine that takes part',
    access: 'token',
    reply: { status: 200, description: 'By its name.', schema: one },
    errors: ['node_not_found'],
  }),
  drainNode: operation({
    tag: 'daemon',
    summary: 'Let a node finish what it runs and start nothing new',
    description:
      'From the answer on nothing starts there, until it is undrained; a restart changes nothing about that. Waiting runs go to other nodes, or wait.',
    access: 'token',
    scopes: ['admin'],
    reply: { status: 200, description: 'The node as it stands.', schema: one },
    errors: ['node_not_found'],
  }),
  undrainNode: operation({
    tag: 'daemon',
    summary: 'Let a drained node start runs again',
    access: 'token',
    scopes: ['admin'],
    reply: { status: 200, description: 'The node as it stands.', schema: one },
    errors: ['node_not_found'],
  }),
  removeNode: operation({
    tag: 'daemon',
    summary: 'Forget a node that is gone',
    description: 'One that lives is refused. If it comes back, it is a node like any other, and not drained.',
    access: 'token',
    scopes: ['admin'],
    reply: { status: 204, description: 'It is forgotten.' },
    errors: ['node_not_found', 'node_alive'],
  }),
};
