/**
 * Commands that an agent has us run for it. They carry the token of the conversation, so they belong to its tree: whatever
 * the agent forgets to end is ended with it, and found by a later daemon.
 */
import type { Clock } from '../../clock/clock.ts';
import { harmlessText, textEnd } from '../bounded-text.ts';
import { readText } from '../output-text.ts';
import { findProgram } from '../process/program.ts';
import { spawnProcess, type SpawnedProcess } from '../process/spawned-process.ts';

/** More at once are a malfunction. */
const OPEN_MAX = 32;
const OUTPUT_BYTES_MAX = 1024 * 1024;

interface Terminal {
  child: SpawnedProcess;
  output: string;
  truncated: boolean;
  bytesMax: number;
}

export interface ExitStatus {
  exitCode: number | null;
  signal: string | null;
}

export class TerminalRefused extends Error {}

export class Terminals {
  readonly #p: { clock: Clock; token: string; env: Record<string, string> };
  readonly #open = new Map<string, Terminal>();
  #count = 0;

  constructor(p: { clock: Clock; token: string; env: Record<string, string> }) {
    this.#p = p;
  }

  /** A command without arguments is a line for a shell, as agents mean it. `cwd` is real and inside. */
  async create(p: {
    command: string;
    args: readonly string[];
    env: Record<string, string>;
    cwd: string;
    bytesMax: number | undefined;
  }): Promise<string> {
    if (this.#open.size >= OPEN_MAX) throw new TerminalRefused(`more than ${OPEN_MAX} terminals are open`);
    const env = { ...this.#p.env, ...p.env };
    const isLine = p.args.length === 0;
    const found = await findProgram({ name: isLine ? '/bin/sh' : p.command, cwd: p.cwd, env });
    if ('problem' in found) throw new TerminalRefused(found.problem);
    const args = isLine ? ['-c', p.command] : p.args;
    const { clock, token } = this.#p;
    const result = await spawnProcess({ clock, program: found.path, args, cwd: p.cwd, env, token, stdin: 'ignore' });
    if ('error' in result) throw new TerminalRefused(result.error.message);
    const bytesMax = Math.min(p.bytesMax ?? OUTPUT_BYTES_MAX, OUTPUT_BYTES_MAX);
    const terminal: Terminal = { child: result.spawned, output: '', truncated: false, bytesMax };
    const take = (text: string): void => keep(terminal, text);
    readText(terminal.child.stdout, take);
    readText(terminal.child.stderr, take);
    this.#count += 1;
    const id = `terminal-${this.#count}`;
    this.#open.set(id, terminal);
    return id;
  }

  output(id: string): { output: string; truncated: boolean; exitStatus?: ExitStatus } {
    const terminal = this.#get(id);
    cut(terminal);
    const { child, output, truncated } = terminal;
    const exit = statusOf(child);
    return { output: harmlessText(output), truncated, ...(exit === undefined ? {} : { exitStatus: exit }) };
  }

  /** Resolves when it has ended and all it printed was read. */
  async wait(id: string): Promise<ExitStatus> {
    const { child } = this.#get(id);
    await child.exited;
    await child.drain();
    return statusOf(child)!;
  }

  kill(id: string): void {
    const { child } = this.#get(id);
    if (child.hasExited) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Gone meanwhile.
    }
  }

  release(id: string): void {
    this.kill(id);
    this.#open.delete(id);
  }

  #get(id: string): Terminal {
    const terminal = this.#open.get(id);
    if (terminal === undefined) throw new TerminalRefused(`there is no terminal ${id}`);
    return terminal;
  }
}

/** The end is kept: what went wrong stands there. Cut when it is twice too long, not with every piece. */
function keep(terminal: Terminal, text: string): void {
  terminal.output += text;
  if (terminal.output.length > 2 * terminal.bytesMax) cut(terminal);
}

function cut(terminal: Terminal): void {
  const { length } = terminal.output;
  terminal.output = textEnd(terminal.output, terminal.bytesMax);
  terminal.truncated ||= terminal.output.length < length;
}

function statusOf(child: SpawnedProcess): ExitStatus | undefined {
  const { exit } = child;
  return exit === undefined ? undefined : { exitCode: exit.code, signal: exit.signal };
}
