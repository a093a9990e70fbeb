/** What was used: per day, automation and agent, and in all. */
import { z } from 'zod';
import { spending } from './spending.ts';
import { filterText, whenText } from './wire-text.ts';

const used = {
  runs: z.int(),
  tokens: z.number().describe('Input plus output.'),
  input_tokens: z.number(),
  output_tokens: z.number(),
  cost_usd: z.number(),
};

const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);

export const usage = z
  .strictObject({
    since_day: day.describe('The first day that was looked at, in UTC.'),
    days: z
      .array(
        z
          .strictObject({ day: day.describe('In UTC.'), automation_id: z.string(), agent_name: z.string(), ...used })
          .meta({ id: 'UsageDay' }),
      )
      .describe('Newest day first; a day, automation or agent that used nothing is absent.'),
    totals: z.strictObject(used).describe('The sums of `days`.'),
    today: spending.describe('What runs have used since midnight UTC.'),
    daily_budget: spending
      .partial()
      .describe('What all runs of a day may use, as `[automation.budget]` says; absent: no limit.'),
    truncated: z.boolean().describe('True: older days were left out, of `days` and of `totals`.'),
  })
  .meta({ id: 'Usage' });

export const usageQuery = z.strictObject({
  since: whenText
    .optional()
    .describe(
      'From the day, in UTC, of this instant: `2026-11-22`, RFC 3339, or a duration counted back from now; `168h` when absent.',
    ),
  automation_id: filterText
    .optional()
    .describe('Only of this automation; one that was deleted can still be asked for.'),
});
