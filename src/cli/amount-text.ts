/** Tokens and money as people read them: with units, and not longer than they matter. */

/** `950`, `12.3k`, `4.5M`. */
export function tokensText(tokens: number): string {
  if (tokens < 10_000) return String(Math.round(tokens));
  const [value, unit] = tokens < 1_000_000 ? [tokens / 1_000, 'k'] : [tokens / 1_000_000, 'M'];
  return `${value < 100 ? value.toFixed(1) : Math.round(value)}${unit}`;
}

/** `$0.0042` below a dollar, `$12.34` above: a run costs cents, a month dollars. */
export function costText(costUsd: number): string {
  if (costUsd === 0) return '$0';
  return `$${costUsd.toFixed(costUsd < 1 ? 4 : 2)}`;
}
