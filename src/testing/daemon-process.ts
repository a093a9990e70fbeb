/**
 * One daemon as a child process, from its start to its end. It is ready when it says so itself: `daemon.json` names its
 * pid, and the address in it answers that the engine ticks. Nothing is waited for by counting milliseconds.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { type Clock, delay } from '../clock/clock.ts';
import { type Client, createClient } from '../client/client.ts';

export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface DaemonProcess {
  readonly pid: number;
  readonly url: string;
  readonly token: string;
  readonly client: Client;
  /** Resolves when the process has gone. */
  readonly exited: Promise<ProcessEnd>;
  /** Absent while it lives. */
  readonly end: ProcessEnd | undefined;
  /** What it printed, both outputs; the last 64 Ki characters. */
  readonly output: string;
  signal(name: NodeJS.Signals): void;
}

const OUTPUT_CHARACTERS_MAX = 64 * 1024;
/** Behind the events of the folder, for file systems that raise none, and between two questions whether it is ready. */
const LOOK_MS = 50;

/** Rejects with what it printed when it ends before it is ready, or is not ready in time; it does not live on then. */
export async function startDaemonProcess(p: {
  command: readonly string[];
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  withinMs: number;
}): Promise<DaemonProcess> {
  const child = new DaemonChild(p);
  const timeUp = new AbortController();
  const cancel = p.clock.after(p.withinMs, () => timeUp.abort(new Error(`it was not ready within ${p.withinMs} ms`)));
  try {
    return await child.ready(timeUp.signal);
  } catch (error) {
    child.signal('SIGKILL');
    await child.exited;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the daemon did not start: ${reason}\n${child.output}`, { cause: error });
  } finally {
    cancel();
  }
}

class DaemonChild implements DaemonProcess {
  readonly pid: number;
  readonly exited: Promise<ProcessEnd>;
  readonly #home: string;
  readonly #clock: Clock;
  readonly #child: ChildProcess;
  #end: ProcessEnd | undefined;
  #output = '';
  #reached: { url: string; token: string; client: Client } | undefined;

  constructor(p: {
    command: readonly string[];
    home: string;
    env: Readonly<Record<string, string | undefined>>;
    clock: Clock;
  }) {
    this.#home = p.home;
    this.#clock = p.clock;
    const [program = '', ...args] = p.command;
    this.#child = spawn(program, args, { env: { ...p.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.pid = this.#child.pid ?? 0;
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-OUTPUT_CHARACTERS_MAX);
      });
    }
    // A test that is ended from outside must not leave its daemon behind.
    const endWithUs = (): void => this.signal('SIGKILL');
    process.once('exit', endWithUs);
    this.exited = new Promise((resolve) => {
      const ended = (end: ProcessEnd): void => {
        process.off('exit', endWithUs);
        this.#end = end;
        resolve(end);
      };
      this.#child.once('exit', (code, signal) => ended({ code, signal }));
      this.#child.once('error', (error) => {
        this.#output += error.message;
        if (this.pid === 0) ended({ code: null, signal: null });
      });
    });
  }

  get end(): ProcessEnd | undefined {
    return this.#end;
  }

  get output(): string {
    return this.#output;
  }

  get url(): string {
    return this.#reachable.url;
  }

  get token(): string {
    return this.#reachable.token;
  }

  get client(): Client {
    return this.#reachable.client;
  }

  get #reachable(): { url: string; token: string; client: Client } {
    if (this.#reached === undefined) throw new Error('the daemon is not ready yet');
    return this.#reached;
  }

  signal(name: NodeJS.Signals): void {
    if (this.#end === undefined) this.#child.kill(name);
  }

  async ready(timeUp: AbortSignal): Promise<DaemonProcess> {
    const changes = new FolderChanges(this.#home, this.#clock);
    try {
      for (;;) {
        const changed = changes.next();
        if (await this.#isReady(timeUp)) return this;
        await Promise.race([changed, this.exited]);
        if (this.#end !== undefined) throw new Error(`it ended with ${JSON.stringify(this.#end)}`);
        timeUp.throwIfAborted();
      }
    } finally {
      changes.close();
    }
  }

  async #isReady(signal: AbortSignal): Promise<boolean> {
    const written = readAddress(this.#home);
    // The file of one that was killed stays behind and names another process.
    if (written === undefined || written.pid !== this.pid) return false;
    const { url, token } = written;
    const client = createClient({ url, token, name: 'test' });
    try {
      await client.health({ signal });
      if ((await client.ready({ signal })).status !== 'ready') return false;
    } catch (error) {
      // It may have ended between writing the file and answering: then its end is what is told.
      if (signal.aborted) throw error;
      return false;
    }
    this.#reached = { url, token, client };
    return true;
  }
}

/** Tells that something in a folder changed; at the latest after {@link LOOK_MS} it says so without having seen it. */
class FolderChanges {
  readonly #clock: Clock;
  readonly #watcher: ReturnType<typeof watch>;
  #changed = Promise.withResolvers<void>();

  constructor(folder: string, clock: Clock) {
    this.#clock = clock;
    this.#watcher = watch(folder, { persistent: false }, () => this.#changed.resolve());
    this.#watcher.on('error', () => this.#changed.resolve());
  }

  /** To be called before looking, so that no change in between is missed. */
  async next(): Promise<void> {
    this.#changed = Promise.withResolvers<void>();
    await Promise.race([this.#changed.promise, delay(this.#clock, LOOK_MS)]);
  }

  close(): void {
    this.#watcher.close();
  }
}

function readAddress(home: string): { pid: number; url: string; token: string } | undefined {
  try {
    const { pid, url } = JSON.parse(readFileSync(join(home, 'daemon.json'), 'utf8')) as { pid: number; url: string };
    return { pid, url, token: readFileSync(join(home, 'token'), 'utf8').trim() };
  } catch {
    return undefined;
  }
}
