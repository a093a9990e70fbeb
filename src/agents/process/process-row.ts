/** One line of the process table, whichever system it was read from. */

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
