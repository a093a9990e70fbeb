/** What travels over the routes of the configuration; composed into operations.ts. */
import { z } from 'zod';
import { effectiveValue } from './config.ts';
import { operation } from './operation.ts';
import { nextCursor, pageQuery } from './wire-text.ts';
import { configProblem } from './status.ts';

export const configOperations = {
  readConfig: operation({
    tag: 'config',
    summary: 'List the effective configuration, and where each value comes from',
    access: 'token',
    reply: {
      status: 200,
      description: 'Every value, by path.',
      schema: z.strictObject({ values: z.array(effectiveValue) }),
    },
    errors: [],
  }),
  listConfigProblems: operation({
    tag: 'config',
    summary: 'List what is wrong with the configuration files',
    description: 'An entry that is wrong keeps its last good version until it is mended.',
    access: 'token',
    query: pageQuery,
    reply: {
      status: 200,
      description: 'One page of problems, by their places.',
      schema: z.strictObject({ problems: z.array(configProblem), next_cursor: nextCursor }),
    },
    errors: ['invalid_cursor'],
  }),
};
