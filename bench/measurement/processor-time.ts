/** Processor time of another process, all its threads together, as Linux counts it. */
import { readFileSync } from 'node:fs';

/** Hundredths of a second, on every Linux that Node runs on. */
const TICK_MS = 10;

/** Milliseconds, in user and kernel mode; 0 where there is no `/proc`. */
export function cpuMs(pid: number): number {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return 0;
  }
  // After the name, which may contain anything, the 12th and 13th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
