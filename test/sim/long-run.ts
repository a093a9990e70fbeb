/**
 * Many seeds in chunks, two at a time, each chunk in a process of its own. What a chunk printed is kept in a folder, so
 * that a run that was interrupted goes on where it was, and a broken promise is told when its chunk ends, not at the end.
 *
 *   node test/sim/long-run.ts [--seeds 10000] [--from 1] [--chunk 100] [--processes 2] [--state FOLDER] [--nodes]
 *
 * Ends with 1 when a promise was broken.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    chunk: { type: 'string', default: '100' },
    processes: { type: 'string', default: '2' },
    state: { type: 'string' },
    nodes: { type: 'boolean', default: false },
  },
});
const state = values.state ?? mkdtempSync(path.join(tmpdir(), 'rouse-sim-'));
mkdirSync(state, { recursive: true });
const [seeds, first, size] = [Number(values.seeds), Number(values.from), Number(values.chunk)];
const chunks = Array.from({ length: Math.ceil(seeds / size) }, (_, index) => first + index * size);
const started = new Set<ReturnType<typeof spawn>>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const child of started) child.kill(signal);
    process.exit(1);
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What the chunk printed, from an earlier run or this one. */
async function run(from: number): Promise<string> {
  const count = Math.min(size, first + seeds - from);
  const file = path.join(state, `${values.nodes ? 'nodes-' : ''}${from}-${count}.log`);
  const before = read(file);
  if (before !== undefined) return before;
  const args = [path.join(import.meta.dirname, 'run.ts'), '--seed', String(from), '--seeds', String(count)];
  if (values.nodes) args.push('--nodes');
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  started.add(child);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  started.delete(child);
  if (code === null || !output.includes(`${count} seeds from ${from} `)) {
    throw new Error(`the seeds from ${from} did not come to an end (${code}): ${output.slice(-2000)}`);
  }
  // Written beside and renamed, so that an interrupted run leaves no half chunk behind.
  writeFileSync(`${file}.new`, output);
  renameSync(`${file}.new`, file);
  return output;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

let broken = 0;
let done = 0;
async function work(): Promise<void> {
  for (let from = chunks.shift(); from !== undefined; from = chunks.shift()) {
    const output = await run(from);
    done += 1;
    const kept = output.trimEnd().endsWith('All promises kept.');
    if (!kept) broken += 1;
    print(kept ? output.trimEnd().split('\n').at(-1)! : output.trimEnd());
  }
}
print(`${seeds} seeds from ${first} in chunks of ${size}; kept in ${state}`);
await Promise.all(Array.from({ length: Number(values.processes) }, work));
print(broken === 0 ? `${done} chunks: all promises kept.` : `${broken} of ${done} chunks BROKE a promise.`);
process.exitCode = broken === 0 ? 0 : 1;
