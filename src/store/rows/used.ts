/**
 * Sums of what was used, and limits on them. Money is summed in billionths of a dollar: sums of whole numbers do not
 * depend on their order, so "how much" and "when is it less" cannot contradict each other.
 */
import type { Spending } from '../account-store.ts';

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
