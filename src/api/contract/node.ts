/** A machine that takes part. */
import { z } from 'zod';
import { instantText } from './wire-text.ts';

export const node = z
  .strictObject({
    name: z.string().describe('Host, process and a part that is new with every start.'),
    version: z.string(),
    started_at: instantText,
    own: z.boolean().describe('The one that answers.'),
    running: z.int().describe('Runs that execute there.'),
  })
  .meta({ id: 'Node' });
