/** Every refusal: a problem document (RFC 9457), sent as `application/problem+json`. */
import { z } from 'zod';

export const problemDocument = z
  .strictObject({
    type: z.string().describe('`urn:rouse:error:` and the code.'),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Permanent, snake_case; programs may branch on it.'),
    detail: z.string().describe('What happened and why.'),
    hint: z.string().describe('What to do next.'),
    data: z.record(z.string(), z.unknown()).optional().describe('The facts behind the sentence, where there are any.'),
    errors: z
      .array(z.strictObject({ path: z.string(), code: z.string(), message: z.string(), value: z.unknown().optional() }))
      .optional()
      .describe('Field by field, in order.'),
  })
  .meta({ id: 'ProblemDocument' });

export type ProblemDocument = z.output<typeof problemDocument>;
