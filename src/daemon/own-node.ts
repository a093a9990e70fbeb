/** This daemon's identity: what it is called, which life of it this is, and whether another life is certainly over. */
import { hostname } from 'node:os';
import type { DaemonSettings } from '../config/settings.ts';

/** Names this life of the daemon: machine, process, and what tells it from an earlier process of that number. */
export function newInstance(p: { pid: number; randomBytes: (count: number) => Buffer }): string {
  return `${hostname()}:${p.pid}:${p.randomBytes(6).toString('hex')}`;
}

/** `daemon.node`, the machine's name when that is empty. */
export function nodeNameOf(settings: Pick<DaemonSettings, 'node'>): string {
  return settings.node === '' ? hostname() : settings.node;
}

/** Whether the instance was a process of this machine that is not there any more. */
export function isGoneHere(instance: string): boolean {
  const [machine, pid] = instance.split(':');
  if (machine !== hostname() || !/^\d+$/.test(pid ?? '')) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
