/**
 * What the operating system knows about the processes that live right now. The only place that looks into `/proc` or
 * asks `ps`; who belongs to whom is for {@link ProcessTree} to say.
 */
import type { Clock } from '../../clock/clock.ts';
import { delay } from '../../clock/clock.ts';
import { ProcTable } from './proc-table.ts';
import type { ProcessRow } from './process-row.ts';
import { readPsRows } from './ps-table.ts';

export interface ProcessTable {
  /**
   * The live processes, this one left out, as of an instant after the call. Rejects when the system does not answer;
   * then nothing is proven.
   */
  snapshot(): Promise<ProcessRow[]>;
}

/** Requests that come this close together share one scan: many runs may end in the same moment. */
const SHARE_MS = 1;

/** Linux reads `/proc` (a few milliseconds for a few hundred processes); every other system asks `ps`. */
export function createProcessTable(p: { clock: Clock; platform?: NodeJS.Platform }): ProcessTable {
  const proc = (p.platform ?? process.platform) === 'linux' ? new ProcTable(p) : undefined;
  const read = proc === undefined ? readPsRows : () => proc.rows();
  let next: Promise<ProcessRow[]> | undefined;
  return {
    snapshot() {
      next ??= delay(p.clock, SHARE_MS).then(() => {
        // From here on a request would get an answer that is older than itself, so it starts a scan of its own.
        next = undefined;
        return read();
      });
      return next;
    },
  };
}
