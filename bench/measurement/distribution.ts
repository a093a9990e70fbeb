/** Numbers of many rounds, told by their middle and their ends: one round on a busy machine says nothing. */

/** The value below which `share` of them lie; `values` need not be in order. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** `12.3 (10.1 to 15.0)`: the middle and both ends. */
export function spread(values: readonly number[], digits = 1): string {
  const text = (value: number): string => value.toFixed(digits);
  return `${text(median(values))} (${text(Math.min(...values))} to ${text(Math.max(...values))})`;
}

let failed = false;

/** One line with what was to reach; the process ends with 1 when something did not reach it. */
export function verdict(p: { what: string; value: string; target: string; reached: boolean }): void {
  process.stdout.write(`${p.reached ? '✓' : '✗'} ${p.what}: ${p.value}, to reach ${p.target}\n`);
  if (p.reached || failed) return;
  failed = true;
  process.exitCode = 1;
}
