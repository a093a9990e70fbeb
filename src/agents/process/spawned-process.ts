/**
 * One child process in a process group (and session) of its own, with exactly the environment it was given plus the
 * token. Owns its pipes and tells how it ended; what is written and read is for the adapters.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { delay, type Clock } from '../../clock/clock.ts';
import { PROCESS_TOKEN_VARIABLE } from '../agent-driver.ts';
import type { TreeLeader } from './process-tree.ts';

export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** How long output may still flow once every process is proven gone; it can only be what stands in the pipe. */
const DRAIN_MS_MAX = 1_000;

export type SpawnResult = { spawned: SpawnedProcess } | { error: NodeJS.ErrnoException };

/** Never throws: the system's refusal (too many processes, too long an argument, …) comes back as a value. */
export async function spawnProcess(p: {
  clock: Clock;
  program: string;
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
  token: string;
  stdin: 'pipe' | 'ignore';
}): Promise<SpawnResult> {
  let child: ChildProcess;
  try {
    child = spawn(p.program, [...p.args], {
      cwd: p.cwd,
      env: withToken(p.env, p.token),
      stdio: [p.stdin, 'pipe', 'pipe'],
      detached: true,
      shell: false,
    });
  } catch (error) {
    return { error: error as NodeJS.ErrnoException };
  }
  const { promise, resolve } = Promise.withResolvers<SpawnResult>();
  const spawned = new SpawnedProcess(p.clock, child);
  child.once('spawn', () => resolve({ spawned }));
  child.once('error', (error) => resolve({ error }));
  // Later errors (a signal that could not be sent) are seen by looking, not by this event.
  child.on('error', () => {});
  return promise;
}

/** The token first, so that whoever looks for it in a large environment finds it at once; and always ours. */
function withToken(env: Record<string, string>, token: string): Record<string, string> {
  const ours = { [PROCESS_TOKEN_VARIABLE]: token };
  return { ...ours, ...env, ...ours };
}

export class SpawnedProcess implements TreeLeader {
  readonly exited: Promise<ProcessExit>;
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when both outputs have ended. */
  readonly drained: Promise<unknown>;
  readonly #clock: Clock;
  readonly #child: ChildProcess;
  #exit: ProcessExit | undefined;

  constructor(clock: Clock, child: ChildProcess) {
    this.#clock = clock;
    this.#child = child;
    this.stdin = child.stdin;
    this.stdout = child.stdout!;
    this.stderr = child.stderr!;
    // A process may close its input, or die, while we write: it says so itself, in its exit or its answer.
    this.stdin?.on('error', () => {});
    this.stdout.on('error', () => {});
    this.stderr.on('error', () => {});
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#exit = { code, signal };
        resolve(this.#exit);
      });
    });
    this.drained = Promise.all([closed(this.stdout), closed(this.stderr)]);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get hasExited(): boolean {
    return this.#exit !== undefined;
  }

  get exit(): ProcessExit | undefined {
    return this.#exit;
  }

  /** Ends the child's input, also when nobody reads it. */
  closeInput(): void {
    this.stdin?.end();
  }

  /**
   * Resolves when both outputs have ended. Called when the tree is gone, or has proven unkillable; whoever still
   * holds a pipe then is a stranger to us (`false`), and we let go of it.
   */
  async drain(): Promise<boolean> {
    const enough = new AbortController();
    const wholly = await Promise.race([
      this.drained.then(() => true),
      delay(this.#clock, DRAIN_MS_MAX, enough.signal).then(() => false),
    ]);
    enough.abort();
    this.stdin?.destroy();
    this.stdout.destroy();
    this.stderr.destroy();
    return wholly;
  }
}

function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) return resolve();
    stream.once('close', resolve);
  });
}

/** How a process ended, as the end of a sentence. */
export function exitWords(exit: ProcessExit | undefined): string {
  if (exit === undefined) return 'did not end';
  if (exit.signal !== null) return `was ended by ${exit.signal}`;
  return `ended with exit code ${exit.code}`;
}
