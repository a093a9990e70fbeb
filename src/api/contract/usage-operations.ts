/** What travels over the routes of what was used; composed into operations.ts. */
import { z } from 'zod';
import { operation } from './operation.ts';
import { usage, usageQuery } from './usage.ts';

export const usageOperations = {
  readUsage: operation({
    tag: 'usage',
    summary: 'Read what was used, per day, automation and agent',
    description: 'Kept when runs and automations are deleted.',
    access: 'token',
    query: usageQuery,
    reply: { status: 200, description: 'Days and totals.', schema: z.strictObject({ usage }) },
    errors: [],
  }),
};
