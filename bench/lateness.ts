/**
 * How late a fire is: from its instant until the process of its agent has been spawned (promises, section 3), with a
 * hundred jobs that fire every second, ten milliseconds apart, and with one job on an idle daemon. Beside it: a bare
 * loop that sleeps until each instant and spawns the same program. Both in this process, one after the other.
 *
 *   node bench/lateness.ts [--seconds 20]
 */
import '../src/clock/temporal.ts';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createClient } from '../src/client/client.ts';
import { delay, systemClock } from '../src/clock/clock.ts';
import { HappeningBus } from '../src/events/happening.ts';
import { startDaemon } from '../src/daemon/daemon.ts';
import { percentile, verdict } from './measurement/distribution.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } });
const seconds = Number(values.seconds);
const clock = systemClock();
const sleep = (ms: number): Promise<void> => delay(clock, ms);
const BUSY_P99_MS = 20;
const IDLE_P99_MS = 5;
/** Not counted: code is compiled, caches fill. */
const WARM_UP_MS = 5000;

async function ours(jobs: number): Promise<number[]> {
  const home = mkdtempSync(path.join(tmpdir(), 'rouse-bench-'));
  writeFileSync(
    path.join(home, 'rouse.toml'),
    `[automation]\nmax_concurrent_jobs = 400\n[agents.brief]\ntype = "command"\ncommand = ["/bin/echo", "ok"]\n`,
  );
  const bus = new HappeningBus();
  const late: number[] = [];
  let countFrom = Number.POSITIVE_INFINITY;
  bus.subscribe((happening) => {
    if (happening.type !== 'run.started' || happening.run.scheduled_at === undefined) return;
    if (happening.at > countFrom) late.push(happening.at - happening.run.scheduled_at);
  });
  const daemon = await startDaemon({ home, environment: { PATH: process.env['PATH'] }, bus, port: 0 });
  const client = createClient({ url: daemon.url, token: daemon.token, name: 'bench' });
  for (let index = 0; index < jobs; index += 1) {
    await client.jobs.create({
      name: `job-${index}`,
      scope: 'global',
      agent_name: 'brief',
      prompt: 'ok',
      overlap: 'allow',
      fire_limit: { max: 100_000, window: '1h' },
      schedule: { mode: 'every', interval: '1s' },
    });
    // The grid of a job begins when it is created.
    await sleep(1000 / jobs);
  }
  countFrom = clock.now() + WARM_UP_MS;
  await sleep(WARM_UP_MS + seconds * 1000);
  await daemon.stop({ reason: 'the measurement is over' });
  rmSync(home, { recursive: true, force: true });
  return late;
}

/** Sleeps until each instant and spawns; no database, no decision. */
async function bare(perSecond: number): Promise<number[]> {
  const late: number[] = [];
  const stepMs = 1000 / perSecond;
  for (let at = Math.ceil(clock.now() / stepMs) * stepMs, end = at + seconds * 1000; at < end; at += stepMs) {
    const waitMs = at - clock.now();
    if (waitMs > 0) await sleep(waitMs);
    const child = spawn('/bin/echo', ['ok'], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    late.push(Math.max(0, clock.now() - at));
    child.once('error', () => {});
  }
  return late;
}

for (const { jobs, p99 } of [
  { jobs: 100, p99: BUSY_P99_MS },
  { jobs: 1, p99: IDLE_P99_MS },
]) {
  const [our, their] = [await ours(jobs), await bare(jobs)];
  const text = (late: readonly number[]): string =>
    `p50 ${percentile(late, 0.5).toFixed(1)} ms, p99 ${percentile(late, 0.99).toFixed(1)} ms of ${late.length}`;
  process.stdout.write(`a bare loop at ${jobs} a second: ${text(their)}\n`);
  verdict({
    what: `from due to spawned at ${jobs} fires a second`,
    value: text(our),
    target: `p99 < ${p99} ms`,
    reached: percentile(our, 0.99) < p99,
  });
}
