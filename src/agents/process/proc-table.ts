/** The process table of Linux, read from `/proc`. */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { PROCESS_TOKEN_VARIABLE } from '../agent-driver.ts';
import { delay, type Clock } from '../../clock/clock.ts';
import { BlankRows } from './blank-rows.ts';
import type { ProcessRow } from './process-row.ts';

const ASSIGNMENT = Buffer.from(`${PROCESS_TOKEN_VARIABLE}=`);
/** Larger than any `stat` line, and than most environments: those take one read each. */
const buffer = Buffer.allocUnsafe(64 * 1024);
/** An environment may be larger than that; beyond this much we stop looking. Our own variable is put first. */
const ENVIRON_BYTES_MAX = 4 * 1024 * 1024;
/** The flag of kernel threads in the ninth field (`PF_KTHREAD`): they have no environment to look into. */
const KERNEL_THREAD = 0x0020_0000;

/** What one look found. */
export interface ProcLook {
  rows: ProcessRow[];
  /** Those of them that showed no environment at all. */
  blank: ProcessRow[];
}

/**
 * Reads synchronously: two short reads per process out of memory cost less than handing each to the thread pool, and
 * a scan that cannot be interleaved is a sharper picture.
 */
export function lookIntoProc(): ProcLook {
  const look: ProcLook = { rows: [], blank: [] };
  for (const name of readdirSync('/proc')) {
    const first = name.charCodeAt(0);
    if (first < 48 || first > 57) continue;
    const pid = Number(name);
    if (pid === process.pid) continue;
    const stat = readProcFile(`/proc/${name}/stat`);
    const row = stat === undefined ? undefined : parseStat(pid, stat.toString('latin1'));
    if (row === undefined) continue;
    // Undefined: gone meanwhile, or of another user, who cannot carry a token of ours.
    const environ = readProcFile(`/proc/${pid}/environ`);
    const token = environ === undefined ? undefined : findToken(environ);
    if (token !== undefined) row.token = token;
    look.rows.push(row);
    if (environ?.length === 0) look.blank.push(row);
  }
  return look;
}

/** Between two looks: most programs are replaced within a millisecond. */
const AGAIN_MS = 5;
/** When there was somebody without an environment at every look for so long, nothing is proven. */
const LOOKING_MS_MAX = 5_000;

export class ProcTable {
  readonly #clock: Clock;
  readonly #blank = new BlankRows();

  constructor(p: { clock: Clock }) {
    this.#clock = p.clock;
  }

  /**
   * The whole table once more as long as somebody in it is replacing its program: with a second look at that one process
   * alone, what it has started meanwhile would be missed. Rejects when it never comes to rest.
   */
  async rows(): Promise<ProcessRow[]> {
    const beganMs = this.#clock.monotonicMs();
    for (;;) {
      const { rows, blank } = lookIntoProc();
      const nowMs = this.#clock.monotonicMs();
      if (this.#blank.settles(blank, { nowMs })) return rows;
      if (nowMs - beganMs > LOOKING_MS_MAX) throw new Error('processes replace their programs without end');
      await delay(this.#clock, AGAIN_MS);
    }
  }
}

/**
 * `pid (comm) state ppid pgrp session tty tpgid flags … starttime …`; `comm` may hold spaces and parentheses, so the
 * fields are counted from the last one. Undefined for what does not count as a living process.
 */
export function parseStat(pid: number, stat: string): ProcessRow | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  if (state === undefined || state === 'Z' || state === 'X' || state === 'x') return undefined;
  if ((Number(fields[6]) & KERNEL_THREAD) !== 0) return undefined;
  const started = fields[19];
  if (started === undefined) return undefined;
  return { pid, ppid: Number(fields[1]), pgid: Number(fields[2]), sid: Number(fields[3]), started };
}

/** The variable's value in a block of `NAME=value` strings that each end in a NUL. */
export function findToken(environ: Buffer): string | undefined {
  let at = environ.indexOf(ASSIGNMENT);
  // Another variable's value may contain the text; only behind a NUL (or at the start) is it the variable itself.
  while (at > 0 && environ[at - 1] !== 0) at = environ.indexOf(ASSIGNMENT, at + 1);
  if (at === -1) return undefined;
  const start = at + ASSIGNMENT.length;
  const end = environ.indexOf(0, start);
  return environ.toString('latin1', start, end === -1 ? environ.length : end);
}

/** The content, valid until the next call; undefined when the process is gone or not ours to look at. */
function readProcFile(path: string): Buffer | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const length = readSync(file, buffer, 0, buffer.length, null);
    if (length < buffer.length) return buffer.subarray(0, length);
    return readLarge(file, length);
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

function readLarge(file: number, length: number): Buffer {
  const pieces = [Buffer.from(buffer.subarray(0, length))];
  let total = length;
  while (total < ENVIRON_BYTES_MAX) {
    const more = readSync(file, buffer, 0, buffer.length, null);
    if (more === 0) break;
    pieces.push(Buffer.from(buffer.subarray(0, more)));
    total += more;
  }
  return Buffer.concat(pieces);
}
