/** Whether everything is paused. */
import { z } from 'zod';
import { instantText } from './wire-text.ts';

/** Also part of the status, hence the fields on their own. */
export const pauseFields = {
  paused: z.boolean().describe('True: nothing is planned and nothing starts; what runs goes on.'),
  since: instantText.optional().describe('Since when it is paused.'),
  by: z
    .string()
    .optional()
    .describe(
      'Who paused it, such as `user:cli`; `config` for `[automation] enabled = false`, which only the file ends.',
    ),
};

export const pauseState = z.strictObject(pauseFields).meta({ id: 'PauseState' });
