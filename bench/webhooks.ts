/**
 * Webhook deliveries per second, verified, known again, stored durably and answered, against a bare Node HTTP server
 * that reads the same body and does the same HMAC (promises, section 3). Daemon, bare server and senders are processes
 * of their own; the two servers take turns within one run, and only the ratio is worth remembering. Processor time per
 * request is told beside it: unlike the rate it hardly depends on what else the machine does. A third server, the bare
 * one with a table of one row per request, shows how much of the way "durable" alone costs.
 *
 *   node bench/webhooks.ts [--requests 10000] [--senders 128] [--rounds 5] [--case NAME] [--profile FOLDER]
 *
 * The matching case creates a run per delivery, which waits because the one slot is taken: nothing but the door works.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { rouseCommand } from '../src/testing/program-files.ts';
import { openScratchDaemon, type ScratchDaemon } from '../src/testing/scratch-daemon.ts';
import { median, spread, verdict } from './measurement/distribution.ts';
import { cpuMs } from './measurement/processor-time.ts';
import type { Sent } from './measurement/senders.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    senders: { type: 'string', default: '128' },
    rounds: { type: 'string', default: '5' },
    case: { type: 'string' },
    profile: { type: 'string' },
  },
});
const requestCount = Number(values.requests);

/** What has to be reached. */
const RATIO_MIN = 0.5;
const SECRET = 'the secret of the benchmark';
const measurement = (file: string): string => join(import.meta.dirname, 'measurement', file);

interface Server {
  pid: number;
  port: number;
}

interface Measured extends Sent {
  /** Of the server, per request. */
  cpuMicros: number;
}

let first = 1;

async function measure(server: Server, path: string, requests = requestCount): Promise<Measured> {
  const flags = { port: server.port, path, requests, senders: values.senders, secret: SECRET, first };
  first += requests;
  const before = cpuMs(server.pid);
  const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(process.execPath, [measurement('senders.ts'), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number]>]);
  if (code !== 0) throw new Error('the senders gave up');
  return { ...(JSON.parse(printed) as Sent), cpuMicros: ((cpuMs(server.pid) - before) / requests) * 1000 };
}

/** With a folder it keeps what it is sent. */
async function openBare(folder?: string): Promise<Server & { close: () => Promise<void> }> {
  const words = [measurement('bare-server.ts'), SECRET, ...(folder === undefined ? [] : [folder])];
  const child = spawn(process.execPath, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Also when the measurement fails before it has anything to close.
  process.once('exit', () => child.kill());
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    pid: child.pid ?? 0,
    port: Number(line),
    close: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

function triggerToml(p: { name: string; filter: string; overlap: string }): string {
  return `
[[automation.triggers]]
name = "${p.name}"
event = "webhook"
endpoint_slug = "${p.name}"
webhook_id = "wbh_${p.name}"
webhook_scheme = "github"
webhook_secret_ref = "env:BENCH_SECRET"
agent = "busy"
prompt = "hold"
overlap = "${p.overlap}"
fire_limit = { max = 1000, window = "1h" }
filter = { ${p.filter} }
`;
}

async function openDaemon(): Promise<ScratchDaemon> {
  const profiled = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  const [node = '', ...args] = rouseCommand();
  return openScratchDaemon({
    environment: { ...process.env, BENCH_SECRET: SECRET },
    command: [node, ...profiled, ...args, 'start'],
    config: `
[daemon]
shutdown_grace = "100ms"
[automation]
max_concurrent_jobs = 1
[webhooks]
rate = { max = 100000000, window = "1m" }
[agents.busy]
type = "command"
command = ["sleep", "3600"]
stop_grace = "10ms"
${triggerToml({ name: 'waiting', overlap: 'allow', filter: '"data.ref" = "refs/heads/main"' })}
${triggerToml({ name: 'skipped', overlap: 'skip', filter: '"data.ref" = "refs/heads/main"' })}
${triggerToml({ name: 'other', overlap: 'skip', filter: '"data.ref" = "refs/heads/other"' })}`,
  });
}

const cases = {
  waiting: 'a run each, which waits',
  skipped: 'a refused run each (overlap)',
  other: 'no run (the filter says no)',
};

const chosen = Object.entries(cases).filter(([name]) => values.case === undefined || name === values.case);
const bare = await openBare();
const daemon = await openDaemon();
const keeping = await openBare(daemon.folder);
try {
  const door: Server = { pid: daemon.pid, port: Number(new URL(daemon.url).port) };
  const pathOf = (name: string): string => `/api/webhooks/global/${name}--wbh_${name}`;
  // Compiled, cached, and the slot taken.
  for (const [name] of chosen) await measure(door, pathOf(name), 3_000);
  for (const server of [bare, keeping]) await measure(server, '/', 3_000);
  for (const [name, what] of chosen) {
    const theirs: Measured[] = [];
    const kept: Measured[] = [];
    const ours: Measured[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      theirs.push(await measure(bare, '/'));
      ours.push(await measure(door, pathOf(name)));
      kept.push(await measure(keeping, '/'));
    }
    const ratios = ours.map(({ perSecond }, index) => perSecond / theirs[index]!.perSecond);
    const ofKeeping = ours.map(({ perSecond }, index) => perSecond / kept[index]!.perSecond);
    const told = (measured: Measured[]): string => {
      const of = (field: keyof Measured, digits: number): string =>
        median(measured.map((one) => one[field])).toFixed(digits);
      return `${of('perSecond', 0)}/s, p50 ${of('p50Ms', 1)} ms, p99 ${of('p99Ms', 1)} ms, ${of('cpuMicros', 0)} µs of processor each`;
    };
    verdict({
      what,
      value: `ratio ${spread(ratios, 2)}`,
      target: String(RATIO_MIN),
      reached: median(ratios) >= RATIO_MIN,
    });
    process.stdout.write(
      `    ours: ${told(ours)}\n    bare: ${told(theirs)}\n` +
        `    bare, each body kept in one row: ${told(kept)}; ours is ${spread(ofKeeping, 2)} of it\n`,
    );
  }
} finally {
  await bare.close();
  await keeping.close();
  await daemon.close();
}
