/**
 * Carries a hook out as a command: the JSON on standard input, the answer on standard output, a time limit, and the end of
 * its whole process tree, as for agents. A hook that starts a service and leaves it behind is not what hooks are for.
 */
import type { Clock } from '../clock/clock.ts';
import { delay } from '../clock/clock.ts';
import { harmlessText } from '../agents/bounded-text.ts';
import { ProcessTree } from '../agents/process/process-tree.ts';
import type { ProcessTable } from '../agents/process/process-table.ts';
import { findProgram } from '../agents/process/program.ts';
import { exitWords, spawnProcess } from '../agents/process/spawned-process.ts';
import { ANSWER_BYTES_MAX, type HookResult, type HookTelling, said } from './hook-result.ts';

/** Between SIGTERM and SIGKILL: a hook is no agent, it has nothing to bring to an end. */
const GRACE_MS = 1_000;
/** What it may take over from the daemon's environment. */
const PASSED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];

export interface CommandHookDeps {
  clock: Clock;
  processes: ProcessTable;
  environment: Readonly<Record<string, string | undefined>>;
  /** Where hooks run. */
  folder: string;
}

export async function runCommandHook(
  deps: CommandHookDeps,
  p: { command: readonly string[]; timeoutMs: number; telling: HookTelling },
): Promise<HookResult> {
  const { clock, processes, folder } = deps;
  const { telling } = p;
  const [name = '', ...args] = p.command;
  const env = { ...passed(deps.environment), ...telling.variables };
  const found = await findProgram({ name, cwd: folder, env });
  if ('problem' in found) return { ok: false, answer: '', detail: `${found.problem} ${found.hint}` };
  const { token } = telling;
  const start = await spawnProcess({ clock, program: found.path, args, cwd: folder, env, token, stdin: 'pipe' });
  if ('error' in start) return { ok: false, answer: '', detail: `it could not be started: ${start.error.message}` };
  const { spawned } = start;
  const out = new BoundedOutput(spawned.stdout, ANSWER_BYTES_MAX);
  const err = new BoundedOutput(spawned.stderr, 4_096);
  spawned.stdin?.end(telling.body);
  const enough = new AbortController();
  const stop = AbortSignal.any([enough.signal, ...(telling.signal === undefined ? [] : [telling.signal])]);
  const ended = await Promise.race([
    spawned.exited.then(() => 'exited' as const),
    delay(clock, p.timeoutMs, stop).then((): 'stopped' | 'timeout' =>
      telling.signal?.aborted === true ? 'stopped' : 'timeout',
    ),
  ]);
  enough.abort();
  // Also after an exit: what it left behind goes with it.
  const tree = await new ProcessTree({ clock, table: processes, token, leader: spawned }).end({ graceMs: GRACE_MS });
  await spawned.drain();
  const left = tree.gone ? '' : '; processes of it could not be ended';
  if (ended === 'stopped') return { ok: false, answer: '', detail: `it was ended with its run${left}` };
  if (ended === 'timeout')
    return { ok: false, answer: '', detail: `it took longer than ${p.timeoutMs / 1000} s${left}` };
  if (out.isOver) return { ok: false, answer: '', detail: `it printed more than ${ANSWER_BYTES_MAX} bytes` };
  const words = exitWords(spawned.exit);
  const ok = spawned.exit?.code === 0 && tree.gone;
  return { ok, answer: ok ? out.text() : '', detail: `it ${words}${ok ? '' : said(err.text() || out.text())}${left}` };
}

function passed(environment: CommandHookDeps['environment']): Record<string, string> {
  const taken: Record<string, string> = {};
  for (const name of PASSED) {
    const value = environment[name];
    if (value !== undefined) taken[name] = value;
  }
  return taken;
}

class BoundedOutput {
  isOver = false;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(stream: NodeJS.ReadableStream, bytesMax: number) {
    stream.on('data', (chunk: Buffer) => {
      // A flood is read and forgotten, so that its sender does not wait for ever.
      if (this.#bytes + chunk.byteLength > bytesMax) this.isOver = true;
      else this.#chunks.push(chunk);
      this.#bytes += chunk.byteLength;
    });
  }

  text(): string {
    return harmlessText(Buffer.concat(this.#chunks).toString('utf8'));
  }
}
