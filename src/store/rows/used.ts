/**
 * Sums of what was used, and limits on them. Money is summed in billionths of a dollar: sums of whole numbers do not
 * depend on their order, so "how much" and "when is it less" cannot contradict each other.
 */
import type { Spending } from '../account-store.ts';

/** Of a row of `runs`. */
export const TOKENS = 'coalesce(input_tokens, 0) + coalesce(output_tokens, 0)';
export const NANO_USD = 'round(coalesce(cost_usd, 0) * 1e9)';
/** Exactly the condition of the partial indexes. */
export const HAS_USE =
  'ended_at is not null and (input_tokens is not null or output_tokens is not null or cost_usd is not null)';

export interface Used {
  tokens: number;
  nano_usd: number;
}

export function sumOf(parts: readonly Used[]): Spending {
  let tokens = 0;
  let nanoUsd = 0;
  for (const part of parts) {
    tokens += part.tokens;
    nanoUsd += part.nano_usd;
  }
  return { tokens, cost_usd: nanoUsd / 1e9 };
}

export function nothingSpent(): Spending {
  return { tokens: 0, cost_usd: 0 };
}

export interface SpendingLimits {
  tokens: number | null;
  cost_usd: number | null;
}

/** Reaching a limit exactly counts: the next token would be over. */
export function isReached(used: Spending, limits: SpendingLimits): boolean {
  const { tokens, cost_usd: cost } = limits;
  return (tokens !== null && used.tokens >= tokens) || (cost !== null && used.cost_usd >= cost);
}
