/**
 * What the operating system knows about the processes that live right now. The only place that looks into `/proc` or
 * asks `ps`; who belongs to whom is for {@link ProcessTree} to say.
 */
import type { Clock } from '../../clock/clock.ts';
import { delay } from '../../clock/clock.ts';
import { readProcRows } from './proc-table.ts';
import { readPsRows } from './ps-table.ts';

/** One live process. Zombies are not among them: they run nothing, hold nothing, and show an empty environment. */
export interface ProcessRow {
  pid: number;
  ppid: number;
  /** Process group. */
  pgid: number;
  /** Session; 0 where the system does not say. */
  sid: number;
  /** When it started, in the system's own notation: together with `pid` it names a process for good. */
  started: string;
  /** The value of `ROUSE_PROCESS_TOKEN` in its environment, where it has one and we may read it. */
  token?: string;
}

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
  const read = (p.platform ?? process.platform) === 'linux' ? readProcRows : readPsRows;
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
