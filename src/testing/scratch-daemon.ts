/**
 * A daemon of its own for a test: a home in a temporary folder, a child process on a free port, a client, and ways to
 * wait for runs. It is started, killed, started again and stopped like the real thing, because it is the real thing.
 *
 * Whatever it started is gone after `close` (or the end of an `await using` block), the folder too. A process that
 * outlived an orderly stop is an error there: nobody would have ended it on a real machine either.
 */
import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, delay, systemClock } from '../clock/clock.ts';
import type { ApiHappening, ApiRun, Client } from '../client/client.ts';
import { type DaemonProcess, type ProcessEnd, startDaemonProcess } from './daemon-process.ts';
import { listRuns, waitForHappening, waitForRun } from './happening-watch.ts';
import { listMarkedProcesses, type MarkedProcess } from './marked-processes.ts';
import { rouseCommand } from './program-files.ts';

export interface ScratchDaemonOptions {
  /** The text of `rouse.toml`. Absent: the first configuration that `rouse start` writes by itself. */
  config?: string;
  /**
   * What the daemon finds in its environment, usually `process.env`; only a `PATH` of the system's folders when
   * absent. `HOME` and `ROUSE_HOME` are always the scratch folder's, so that nothing of the user is touched.
   */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Program and arguments that become the daemon; `--home <home> --port 0` is appended. `rouse start` when absent. */
  command?: readonly string[];
  /** Where the folder is made; the system's folder for temporary files when absent. */
  parentFolder?: string;
  /**
   * How long a start, and each wait, may take; 45 seconds when absent. Keep it below the limit of the test as a whole:
   * a wait that fails is followed by `close`, a test that is given up by its runner is not.
   */
  withinMs?: number;
}

/** What one start does differently from the others. */
export interface StartOptions {
  command?: readonly string[];
  /** Where it listens; a free one when absent. */
  port?: number;
  environment?: Readonly<Record<string, string | undefined>>;
}

/** The longest wait for an orderly stop in `close`; a test that wants more calls `stop` itself. */
const STOP_MS_MAX = 20_000;
/** How long processes may take to leave the table after they were seen to end. */
const GONE_MS_MAX = 2_000;
const LOOK_MS = 20;

/** Makes the home and starts the daemon; resolves when it is ready. */
export async function openScratchDaemon(options: ScratchDaemonOptions = {}): Promise<ScratchDaemon> {
  // Resolved, because the processes that work in it show their folder without symbolic links.
  const folder = await realpath(await mkdtemp(join(options.parentFolder ?? tmpdir(), 'rouse-scratch-')));
  const daemon = new ScratchDaemon({ folder, options });
  try {
    await mkdir(daemon.home, { mode: 0o700 });
    if (options.config !== undefined) await daemon.writeConfig(options.config);
    await daemon.start();
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return daemon;
}

export class ScratchDaemon {
  /** Removed at the end; a place for whatever a test or its agents write. */
  readonly folder: string;
  readonly home: string;
  /** The working folder of automations that have no workspace. */
  readonly workFolder: string;
  readonly #options: ScratchDaemonOptions;
  readonly #clock: Clock = systemClock();
  #process: DaemonProcess | undefined;
  #closed = false;

  constructor(p: { folder: string; options: ScratchDaemonOptions }) {
    this.folder = p.folder;
    this.home = join(p.folder, 'home');
    this.workFolder = join(this.home, 'work');
    this.#options = p.options;
  }

  /** Of the daemon started last. */
  get pid(): number {
    return this.#started.pid;
  }

  get url(): string {
    return this.#started.url;
  }

  get token(): string {
    return this.#started.token;
  }

  get client(): Client {
    return this.#started.client;
  }

  /** How the daemon started last ended; absent while it lives. */
  get end(): ProcessEnd | undefined {
    return this.#started.end;
  }

  /** What the daemon started last has printed. */
  get output(): string {
    return this.#started.output;
  }

  /** Resolves when the daemon started last has gone; rejects with what it printed when it is not in time. */
  async waitForExit(p: { withinMs?: number } = {}): Promise<ProcessEnd> {
    const withinMs = p.withinMs ?? this.#withinMs;
    const timeUp = new AbortController();
    const end = await Promise.race([this.#started.exited, delay(this.#clock, withinMs, timeUp.signal)]);
    timeUp.abort();
    if (end === undefined) throw new Error(`the daemon did not end within ${withinMs} ms:\n${this.output}`);
    return end;
  }

  /** Written beside and renamed into place, as careful editors do. */
  async writeConfig(text: string): Promise<void> {
    const file = join(this.home, 'rouse.toml');
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  }

  /** Starts the daemon on this home; resolves when it is ready. The one before must have gone. */
  async start(p: StartOptions = {}): Promise<void> {
    if (this.#process !== undefined && this.#process.end === undefined) throw new Error('the daemon still runs');
    this.#process = await this.#startProcess(p);
  }

  /**
   * Starts one more daemon on this home, beside the one that runs: it is expected to refuse. Resolves with its end and
   * what it printed; rejects if it starts after all.
   */
  async startAnother(p: StartOptions = {}): Promise<string> {
    const another = await this.#startProcess(p).catch((error: unknown) => (error as Error).message);
    if (typeof another === 'string') return another;
    another.signal('SIGKILL');
    await another.exited;
    throw new Error('a second daemon started on the same home');
  }

  signal(name: NodeJS.Signals): void {
    this.#started.signal(name);
  }

  /** `kill -9`; resolves when the process has gone. */
  async kill(): Promise<ProcessEnd> {
    this.signal('SIGKILL');
    return this.waitForExit();
  }

  /** SIGTERM; resolves when the daemon has stopped in order. */
  async stop(p: { withinMs?: number } = {}): Promise<ProcessEnd> {
    this.signal('SIGTERM');
    return this.waitForExit(p);
  }

  /** `kill -9` where it still runs, then a new start. */
  async restart(p: StartOptions = {}): Promise<void> {
    await this.kill();
    await this.start(p);
  }

  /** The first run, there already or to come, of which `predicate` is true. */
  waitForRun(predicate: (run: ApiRun) => boolean, p: { withinMs?: number } = {}): Promise<ApiRun> {
    return waitForRun(this.client, predicate, { clock: this.#clock, withinMs: p.withinMs ?? this.#withinMs });
  }

  /** The first happening from now on of which `predicate` is true. */
  waitForHappening(
    predicate: (happening: ApiHappening) => boolean,
    p: { withinMs?: number; onListening?: () => void } = {},
  ): Promise<ApiHappening> {
    return waitForHappening(this.client, predicate, { clock: this.#clock, withinMs: this.#withinMs, ...p });
  }

  /** Asks again and again until `condition` holds; for what no single happening tells. */
  async waitUntil(
    condition: (daemon: ScratchDaemon) => boolean | Promise<boolean>,
    p: { withinMs?: number } = {},
  ): Promise<void> {
    const withinMs = p.withinMs ?? this.#withinMs;
    const startedMs = this.#clock.monotonicMs();
    while (!(await condition(this))) {
      if (this.#clock.monotonicMs() - startedMs > withinMs)
        throw new Error(`not so within ${withinMs} ms: ${condition.toString()}`);
      await delay(this.#clock, LOOK_MS);
    }
  }

  /** All runs, newest first. */
  async runs(): Promise<ApiRun[]> {
    return Array.fromAsync(listRuns(this.client));
  }

  /** The living processes that belong to this home, without the daemon itself. Linux only; none elsewhere. */
  processes(): MarkedProcess[] {
    const own = this.#process?.end === undefined ? this.#process?.pid : undefined;
    return listMarkedProcesses(this.folder).filter(({ pid }) => pid !== own);
  }

  /** Resolves when `processes` are none; rejects with those that are left after `withinMs`. */
  async waitUntilAlone(p: { withinMs?: number } = {}): Promise<void> {
    await this.waitUntil(() => this.processes().length === 0, p).catch((error: unknown) => {
      throw new Error(`still alive: ${namesOf(this.processes())}`, { cause: error });
    });
  }

  /** Ends everything and removes the folder. Idempotent. Rejects when processes outlived an orderly stop. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const trouble = await this.#endDaemon();
    const left = trouble === undefined && (await this.#wasOrderly()) ? await this.#survivors() : [];
    for (const { pid } of this.processes()) endByPid(pid);
    await this.waitUntilAlone({ withinMs: GONE_MS_MAX });
    await rm(this.folder, { recursive: true, force: true });
    if (trouble !== undefined) throw new Error(trouble);
    if (left.length > 0) throw new Error(`processes outlived the daemon's orderly stop: ${namesOf(left)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get #started(): DaemonProcess {
    if (this.#process === undefined) throw new Error('the daemon was not started');
    return this.#process;
  }

  get #withinMs(): number {
    return this.#options.withinMs ?? 45_000;
  }

  #startProcess(p: StartOptions): Promise<DaemonProcess> {
    const command = p.command ?? this.#options.command ?? [...rouseCommand(), 'start'];
    return startDaemonProcess({
      command: [...command, '--home', this.home, '--port', String(p.port ?? 0)],
      home: this.home,
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        ...this.#options.environment,
        ...p.environment,
        HOME: this.folder,
        ROUSE_HOME: this.home,
      },
      clock: this.#clock,
      withinMs: this.#withinMs,
    });
  }

  /** Undefined when it has ended, or says why that took force. */
  async #endDaemon(): Promise<string | undefined> {
    if (this.#process === undefined || this.#process.end !== undefined) return undefined;
    // A stopped process hears SIGTERM only when it goes on.
    this.signal('SIGCONT');
    try {
      await this.stop({ withinMs: STOP_MS_MAX });
      return undefined;
    } catch (error) {
      await this.kill();
      return (error as Error).message;
    }
  }

  /** After a kill nobody was there to end what ran, so what is left then is no fault. */
  async #wasOrderly(): Promise<boolean> {
    return this.#process !== undefined && (await this.#process.exited).code === 0;
  }

  async #survivors(): Promise<MarkedProcess[]> {
    await this.waitUntilAlone({ withinMs: GONE_MS_MAX }).catch(() => undefined);
    return this.processes();
  }
}

function namesOf(processes: readonly MarkedProcess[]): string {
  return processes.map(({ pid, command }) => `${pid} (${command})`).join(', ');
}

function endByPid(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone meanwhile.
  }
}
