/** The configuration as it is in force, value by value, with where each comes from. */
import { z } from 'zod';

export const effectiveValue = z
  .strictObject({
    path: z.string().describe('`daemon.port`, `agents.reviewer.command`.'),
    value: z.unknown().describe('As it was written. Secrets are references.'),
    from: z.enum(['file', 'default', 'environment', 'flag']),
    file: z.string().optional(),
    line: z.int().optional().describe('From 1.'),
  })
  .meta({ id: 'EffectiveValue' });
