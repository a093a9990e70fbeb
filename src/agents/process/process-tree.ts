/**
 * All processes that one start brought about: knows who belongs to it, ends them, and proves that none is left.
 *
 * A process belongs to the tree when one of these holds (see DESIGN.md for what escapes all of them):
 * it carries the token; it is in the leader's process group or session; its parent belongs to the tree; it belonged
 * when we last looked and is still the same process.
 */
import { delay, type Clock } from '../../clock/clock.ts';
import type { ProcessRow } from './process-row.ts';
import type { ProcessTable } from './process-table.ts';

/** The process that was spawned, as its parent sees it. Its pid cannot be reused before `exited`. */
export interface TreeLeader {
  readonly pid: number;
  readonly exited: Promise<unknown>;
  readonly hasExited: boolean;
}

export interface TreeEnd {
  /** Whether it is proven that no process of the tree lives. */
  gone: boolean;
  /** How many processes were signalled. */
  ended: number;
}

/** After SIGKILL only a process in an uninterruptible wait (a dead network disk) or of another user stays. */
const KILL_WAIT_MS = 5_000;
const POLL_MS_MIN = 10;
const POLL_MS_MAX = 250;

export class ProcessTree {
  readonly #clock: Clock;
  readonly #table: ProcessTable;
  readonly #token: string;
  readonly #leader: TreeLeader | undefined;
  /** pid → start, of everything that ever belonged and was alive when we last looked. */
  #known = new Map<number, string>();
  readonly #signalled = new Set<string>();
  /** Whether the leader's pid, and with it the number of its group and session, was seen in other hands. */
  #numberReused = false;

  constructor(p: { clock: Clock; table: ProcessTable; token: string; leader?: TreeLeader }) {
    this.#clock = p.clock;
    this.#table = p.table;
    this.#token = p.token;
    this.#leader = p.leader;
  }

  /**
   * The living members. Also remembers them: a child that scrubs its environment and leaves the group is still known
   * by its parent as long as that parent lives, and by its pid and start ever after.
   */
  async survey(): Promise<ProcessRow[]> {
    const rows = await this.#table.snapshot();
    const members = this.#membersAmong(rows);
    this.#known = new Map(members.map((row) => [row.pid, row.started]));
    return members;
  }

  /**
   * Waits `patienceMs` for the tree to end by itself, then SIGTERM to all, `graceMs`, SIGKILL to all, and proof, at
   * most {@link KILL_WAIT_MS} later. Never rejects: what cannot be looked at is not proven gone.
   */
  async end(p: { graceMs: number; patienceMs?: number }): Promise<TreeEnd> {
    try {
      return { gone: await this.#end(p), ended: this.#signalled.size };
    } catch {
      return { gone: false, ended: this.#signalled.size };
    }
  }

  async #end(p: { graceMs: number; patienceMs?: number }): Promise<boolean> {
    if (p.patienceMs !== undefined && p.patienceMs > 0 && this.#leader?.hasExited === false) {
      await this.#leaderExit(p.patienceMs);
    }
    let members = await this.survey();
    if (members.length === 0 && this.#leader?.hasExited !== false) return true;
    this.#signal(members, 'SIGTERM');
    // A stopped process would keep the request waiting until somebody continues it.
    this.#signal(members, 'SIGCONT');
    if (await this.#goneWithin(p.graceMs, undefined)) return true;
    members = await this.survey();
    this.#signal(members, 'SIGKILL');
    return this.#goneWithin(KILL_WAIT_MS, 'SIGKILL');
  }

  /** `again`: sent to whoever is still there at every look, since a process may fork while it is being killed. */
  async #goneWithin(waitMs: number, again: 'SIGKILL' | undefined): Promise<boolean> {
    const deadlineMs = this.#clock.monotonicMs() + waitMs;
    const leftMs = (): number => deadlineMs - this.#clock.monotonicMs();
    if (this.#leader?.hasExited === false) await this.#leaderExit(leftMs());
    for (let pollMs = POLL_MS_MIN; ; pollMs = Math.min(pollMs * 2, POLL_MS_MAX)) {
      const members = await this.survey();
      // A leader that is dead but not yet reaped is a zombie, so absent from the table; its exit event comes soon.
      if (members.length === 0 && this.#leader?.hasExited !== false) return true;
      if (leftMs() <= 0) return false;
      if (again !== undefined) this.#signal(members, again);
      await delay(this.#clock, Math.min(pollMs, leftMs()));
    }
  }

  async #leaderExit(waitMs: number): Promise<void> {
    if (waitMs <= 0) return;
    const enough = new AbortController();
    await Promise.race([this.#leader!.exited, delay(this.#clock, waitMs, enough.signal)]);
    enough.abort();
  }

  #membersAmong(rows: readonly ProcessRow[]): ProcessRow[] {
    const leader = this.#leader;
    if (leader?.hasExited === true && rows.some((row) => row.pid === leader.pid)) this.#numberReused = true;
    const groupOf = leader !== undefined && !this.#numberReused ? leader.pid : undefined;
    const members = new Map<number, ProcessRow>();
    for (const row of rows) {
      const belongs =
        row.token === this.#token ||
        (groupOf !== undefined && (row.pgid === groupOf || row.sid === groupOf)) ||
        this.#known.get(row.pid) === row.started;
      if (belongs && mayBelong(row)) members.set(row.pid, row);
    }
    // Without a leader a later daemon still knows the group and session of whoever leads one and carries the token.
    if (leader === undefined) addLedBy(members, rows);
    addDescendants(members, rows);
    return [...members.values()];
  }

  #signal(members: readonly ProcessRow[], signal: NodeJS.Signals): void {
    const leader = this.#leader;
    // The whole group at once leaves no moment in which a member forks another one unseen.
    if (leader !== undefined && !this.#numberReused && members.some((row) => row.pgid === leader.pid)) {
      send(-leader.pid, signal);
    }
    for (const row of members) {
      if (signal !== 'SIGCONT') this.#signalled.add(`${row.pid}@${row.started}`);
      if (leader === undefined || row.pgid !== leader.pid) send(row.pid, signal);
    }
  }
}

/** Never the init process, and never ourselves: a daemon may have been started by an agent of an earlier one. */
function mayBelong(row: ProcessRow): boolean {
  return row.pid > 1 && row.pid !== process.pid;
}

function addLedBy(members: Map<number, ProcessRow>, rows: readonly ProcessRow[]): void {
  const led = new Set([...members.values()].filter((row) => row.pid === row.pgid).map((row) => row.pid));
  for (const row of rows) {
    if ((led.has(row.pgid) || led.has(row.sid)) && mayBelong(row)) members.set(row.pid, row);
  }
}

function addDescendants(members: Map<number, ProcessRow>, rows: readonly ProcessRow[]): void {
  if (members.size === 0) return;
  const children = Map.groupBy(rows, (row) => row.ppid);
  const queue = [...members.keys()];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    for (const child of children.get(pid) ?? []) {
      if (members.has(child.pid) || !mayBelong(child)) continue;
      members.set(child.pid, child);
      queue.push(child.pid);
    }
  }
}

/** Gone already, or not ours to signal: the next look says which. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Nothing to do about either.
  }
}
