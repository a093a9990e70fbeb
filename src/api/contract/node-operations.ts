/** What travels over the routes of nodes; composed into operations.ts. */
import { z } from 'zod';
import { node } from './node.ts';
import { operation } from './operation.ts';
import { nextCursor, pageQuery } from './wire-text.ts';

export const nodeOperations = {
  listNodes: operation({
    tag: 'daemon',
    summary: 'List the machines that take part',
    access: 'token',
    query: pageQuery,
    reply: {
      status: 200,
      description: 'By name.',
      schema: z.strictObject({ nodes: z.array(node), next_cursor: nextCursor }),
    },
    errors: ['invalid_cursor'],
  }),
};
