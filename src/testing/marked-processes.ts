/**
 * Finds the processes that belong to a scratch daemon: its folder stands in their environment (`HOME`, `ROUSE_HOME`,
 * which agents inherit by default), or they work in it. So a grandchild in a session of its own is found as well.
 *
 * Read from `/proc`, so on Linux only; elsewhere nothing is found and nothing is claimed.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface MarkedProcess {
  pid: number;
  /** Its command line, as far as it can be read. */
  command: string;
}

/** The live processes that carry `mark`, an absolute path; this one left out. Zombies run nothing and are left out too. */
export function listMarkedProcesses(mark: string): MarkedProcess[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && carries(name, mark))
    .map((name) => ({
      pid: Number(name),
      command: read(() => readFileSync(`/proc/${name}/cmdline`, 'utf8'))
        .replaceAll('\0', ' ')
        .trim(),
    }))
    .filter(({ command }) => command !== '');
}

function carries(pid: string, mark: string): boolean {
  const folder = read(() => readlinkSync(`/proc/${pid}/cwd`));
  if (folder === mark || folder.startsWith(`${mark}/`)) return true;
  return read(() => readFileSync(`/proc/${pid}/environ`, 'latin1')).includes(`=${mark}`);
}

/** Empty for a process that has gone meanwhile, or that is not ours to look at. */
function read(look: () => string): string {
  try {
    return look();
  } catch {
    return '';
  }
}
