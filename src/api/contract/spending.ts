/** What was used, as far as budgets count it. */
import { z } from 'zod';

export const spending = z
  .strictObject({ tokens: z.number().describe('Input plus output.'), cost_usd: z.number() })
  .meta({ id: 'Spending' });
