/** What travels over the routes of hooks; composed into operations.ts. */
import { z } from 'zod';
import { hook, hookCallPage, hookCallQuery, hookTest } from './hook.ts';
import { operation } from './operation.ts';
import { nextCursor, pageQuery } from './wire-text.ts';

export const hookOperations = {
  listHooks: operation({
    tag: 'hooks',
    summary: 'List the hooks of the configuration',
    access: 'token',
    query: pageQuery,
    reply: {
      status: 200,
      description: 'One page of hooks, by name.',
      schema: z.strictObject({ hooks: z.array(hook), next_cursor: nextCursor }),
    },
    errors: ['invalid_cursor'],
  }),
  listHookCalls: operation({
    tag: 'hooks',
    summary: 'List calls of hooks, newest first',
    access: 'token',
    query: hookCallQuery,
    reply: { status: 200, description: 'One page of calls.', schema: hookCallPage },
    errors: ['invalid_cursor'],
  }),
  testHook: operation({
    tag: 'hooks',
    summary: 'Call a hook once with a sample, and say how that went',
    description: 'The sample has `test: true` and tells of nothing that exists. A gate is only asked.',
    access: 'token',
    reply: { status: 200, description: 'The call, which is on record.', schema: hookTest },
    errors: ['hook_not_found'],
  }),
};
