/** The three columns of what was used, wherever they are written. */
import type { RunUsage } from '../../model/run.ts';

const TOKENS_MAX = 1e12;
const COST_USD_MAX = 1e9;

export type UsageColumns = [input_tokens: number | null, output_tokens: number | null, cost_usd: number | null];

/**
 * Input tokens, output tokens and money. An agent may report anything: what cannot be true is cut to what can, because
 * a report must neither stop a run from ending nor lower what others have used.
 */
export function usageColumns(usage: RunUsage | undefined): UsageColumns {
  return [
    within(usage?.input_tokens, { max: TOKENS_MAX, whole: true }),
    within(usage?.output_tokens, { max: TOKENS_MAX, whole: true }),
    within(usage?.cost_usd, { max: COST_USD_MAX, whole: false }),
  ];
}

function within(value: number | undefined, p: { max: number; whole: boolean }): number | null {
  if (value === undefined || Number.isNaN(value)) return null;
  const cut = Math.max(0, Math.min(p.max, value));
  return p.whole ? Math.round(cut) : cut;
}
