/** Counts, tokens and money as people read them. */

/** `950`, `12.4k`, `3.1M`. */
export function countText(count: number): string {
  if (count < 1_000) return String(Math.round(count));
  const [value, unit] = count < 999_500 ? [count / 1_000, 'k'] : [count / 1_000_000, 'M'];
  return `${value < 100 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)}${unit}`;
}

/** `$0.0031`, `$0.06`, `$1.40`, `$312`: below a cent the digits that differ are kept. */
export function moneyText(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.01) return `$${usd.toFixed(4).replace(/0{1,2}$/, '')}`;
  return usd < 100 && !Number.isInteger(usd) ? `$${usd.toFixed(2)}` : `$${Math.round(usd)}`;
}

/** `1 run`, `2 runs`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** `840 KB`, `1.9 MB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1_000)} KB`;
  return bytes < 1_000_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}
