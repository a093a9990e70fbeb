/** What the machine itself must give: a Node that is new enough, a clock that is right, room on the disk. */
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { formatInstant } from '../../model/instant.ts';
import type { EpochMs } from '../../model/instant.ts';
import { DATABASE_FILE } from '../../store/sqlite/open-sqlite-store.ts';
import { lookInto } from '../existing-database.ts';
import { type Finding, finding, ok } from './finding.ts';

const NODE_MIN = [24, 11] as const;
const MIB = 1_048_576;
/** Below this the database of a busy day may not fit; below the other a single transcript may not. */
const ROOM_WARNING = 1024 * MIB;
const ROOM_FAILURE = 100 * MIB;
/** Another clock of the same machine, such as a file server's, may be ahead by this much. */
const CLOCK_TOLERANCE_MS = 60_000;

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  if (isNew) return ok('node', `Node ${version}`);
  const said = `Node ${version} is older than ${NODE_MIN.join('.')}`;
  return finding('failure', { check: 'node', said, next: 'Install a newer Node from https://nodejs.org.' });
}

export async function checkDisk(home: string): Promise<Finding> {
  const check = 'disk';
  try {
    const { bavail, bsize } = await statfs(home);
    const free = bavail * bsize;
    const said = `${Math.floor(free / MIB)} MiB are free below ${home}`;
    const next = 'Free some space. A full disk loses nothing, but nothing goes on until there is room.';
    if (free < ROOM_FAILURE) return finding('failure', { check, said, next });
    return free < ROOM_WARNING ? finding('warning', { check, said, next }) : ok(check, said);
  } catch {
    return finding('note', {
      check,
      said: 'the room on the disk cannot be asked',
      next: `Look yourself: df -h ${home}`,
    });
  }
}

/** A clock that lies behind what was already written down will not fire anything until it has caught up. */
export function checkClock(p: { home: string; now: EpochMs }): Finding {
  const newest = newestWritten(join(p.home, DATABASE_FILE));
  if (newest === undefined || newest <= p.now + CLOCK_TOLERANCE_MS) return ok('clock', formatInstant(p.now));
  return finding('failure', {
    check: 'clock',
    said: `it is ${formatInstant(p.now)}, but something was written down at ${formatInstant(newest)}`,
    next: 'Set the clock of this machine (timedatectl set-ntp true). Nothing fires before that instant has come again.',
  });
}

function newestWritten(path: string): EpochMs | undefined {
  try {
    return lookInto(path, (database) => {
      const row = database.prepare('select max(created_at) as at from runs').get() as { at: EpochMs | null };
      return row.at ?? undefined;
    });
  } catch {
    // That it cannot be read is another check's business.
    return undefined;
  }
}
