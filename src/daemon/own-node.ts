/** This daemon's identity: what it is called, which life of it this is, and whether another life is certainly over. */
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { DaemonSettings } from '../config/settings.ts';

/**
 * Tells process numbers apart that look alike: those of this machine since it was started, as far as this process sees
 * them. Containers may share the name of a machine and not its processes.
 */
const MARK = createHash('sha256').update(processSpace()).digest('hex').slice(0, 8);

function processSpace(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // Not Linux: no containers that see other processes, and a number that is free is free.
    return hostname();
  }
}

/** Names this life of the daemon: machine, process, and what tells it from an earlier process of that number. */
export function newInstance(p: { pid: number; randomBytes: (count: number) => Buffer }): string {
  return `${hostname()}:${p.pid}:${MARK}${p.randomBytes(4).toString('hex')}`;
}

/** `daemon.node`, the machine's name when that is empty. */
export function nodeNameOf(settings: Pick<DaemonSettings, 'node'>): string {
  return settings.node === '' ? hostname() : settings.node;
}

/** Whether the instance was a process that this one would see, and is not there any more. */
export function isGoneHere(instance: string): boolean {
  const [machine, pid, life] = instance.split(':');
  if (machine !== hostname() || life?.startsWith(MARK) !== true || !/^\d+$/.test(pid ?? '')) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
