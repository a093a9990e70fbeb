/**
 * The process table of macOS and the BSDs, asked from `ps`.
 *
 * `-E` (macOS) appends the environment to the command, for processes of the same user that the system's integrity
 * protection does not shield. Where it shows none, the token is invisible and a tree is known by its process group
 * and its parents only: a grandchild that moved to a session of its own *and* lost its parents is not found then.
 * One call costs some tens of milliseconds.
 */
import { execFile } from 'node:child_process';
import { PROCESS_TOKEN_VARIABLE } from '../agent-driver.ts';
import type { ProcessRow } from './process-row.ts';

const COLUMNS = 'pid=,ppid=,pgid=,stat=,lstart=,command=';
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
/** `lstart` is always five words (`Mon Nov 22 19:45:00 2026`) in the C locale. */
const LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s?(.*)$/;
const TOKEN = new RegExp(`(?:^|\\s)${PROCESS_TOKEN_VARIABLE}=(\\S+)`);

export async function readPsRows(): Promise<ProcessRow[]> {
  const args = process.platform === 'darwin' ? ['-A', '-E', '-ww', '-o', COLUMNS] : ['-A', 'e', '-ww', '-o', COLUMNS];
  const listing = await new Promise<string>((resolve, reject) => {
    const options = { env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' }, maxBuffer: OUTPUT_BYTES_MAX };
    execFile('ps', args, options, (error, stdout) => (error === null ? resolve(stdout) : reject(error)));
  });
  return parsePsRows(listing).filter((row) => row.pid !== process.pid);
}

export function parsePsRows(listing: string): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const line of listing.split('\n')) {
    const match = LINE.exec(line);
    if (match === null || match[4]!.startsWith('Z')) continue;
    const token = TOKEN.exec(match[6]!)?.[1];
    const row = { pid: Number(match[1]), ppid: Number(match[2]), pgid: Number(match[3]), sid: 0, started: match[5]! };
    rows.push(token === undefined ? row : { ...row, token });
  }
  return rows;
}
