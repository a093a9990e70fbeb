/**
 * How long a person waits: `rouse --help`, and from starting the daemon on an empty home until it says that it is ready
 * (promises, section 3). The built program is measured, beside a Node that does nothing at all. Run `npm run build` first.
 *
 *   node bench/start-up.ts [--rounds 9]
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { delay, systemClock } from '../src/clock/clock.ts';
import { median, spread, verdict } from './measurement/distribution.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const rounds = Number(values.rounds);
const program = path.join(import.meta.dirname, '..', 'bin', 'rouse.mjs');
const clock = systemClock();
const HELP_MS = 150;
const READY_MS = 500;

function timed(args: readonly string[]): number {
  const from = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
  return performance.now() - from;
}

/** From the start of the process until it answers that it is ready. */
async function readyMs(): Promise<number> {
  const home = mkdtempSync(path.join(tmpdir(), 'rouse-bench-'));
  const from = performance.now();
  const child = spawn(process.execPath, [program, 'start', '--home', home, '--port', '0'], { stdio: 'ignore' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  try {
    for (;;) {
      if (await isReady(home)) return performance.now() - from;
      if (child.exitCode !== null) throw new Error(`the daemon ended with ${child.exitCode}`);
      await delay(clock, 2);
    }
  } finally {
    child.kill('SIGTERM');
    await exited;
    rmSync(home, { recursive: true, force: true });
  }
}

async function isReady(home: string): Promise<boolean> {
  try {
    const { url } = JSON.parse(readFileSync(path.join(home, 'daemon.json'), 'utf8')) as { url: string };
    return (await fetch(`${url}/api/readyz`)).ok;
  } catch {
    return false;
  }
}

timed([program, '--help']); // Fills the compile cache, as an installed program's first start does.
await readyMs();
const help: number[] = [];
const nothing: number[] = [];
const ready: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  nothing.push(timed(['-e', '0']));
  help.push(timed([program, '--help']));
  ready.push(await readyMs());
}
process.stdout.write(`a Node that does nothing: ${spread(nothing, 0)} ms\n`);
verdict({ what: 'rouse --help, ms', value: spread(help, 0), target: `< ${HELP_MS}`, reached: median(help) < HELP_MS });
verdict({
  what: 'daemon ready on an empty home, ms',
  value: spread(ready, 0),
  target: `< ${READY_MS}`,
  reached: median(ready) < READY_MS,
});
