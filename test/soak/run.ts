/**
 * A day's worth of load on one daemon, compressed into minutes, and what is left of it: memory after a collection, open
 * files, the write-ahead log. Prints a line per look and ends with 1 when something grows.
 *
 *   node test/soak/run.ts [--minutes 30] [--jobs 1000] [--fires 8] [--deliveries 40]
 */
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { delay, systemClock } from '../../src/clock/clock.ts';
import { rouseCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { type LoadCounts, playDay, SECRET, soakConfig } from './soak-load.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    jobs: { type: 'string', default: '1000' },
    fires: { type: 'string', default: '8' },
    deliveries: { type: 'string', default: '40' },
  },
});
const clock = systemClock();
const pace = {
  jobs: Number(values.jobs),
  firesPerSecond: Number(values.fires),
  deliveriesPerSecond: Number(values.deliveries),
};
const minutes = Number(values.minutes);
const MIB = 1024 * 1024;
/** Code is compiled and caches fill meanwhile. */
const WARM_UP_SHARE = 1 / 3;
const LOOK_EVERY_MS = 15_000;
/** What the last third may have more than the second. */
const HEAP_GROWTH_MAX = 4 * MIB;
const FILES_GROWTH_MAX = 12;
/** The log's own bound and the frames of one more batch. */
const LOG_BYTES_MAX = 128 * MIB;

interface Look {
  heap: number;
  rss: number;
  external: number;
  files: number;
  log: number;
}

const [node = '', ...args] = rouseCommand();
const heapWatch = join(import.meta.dirname, 'heap-watch.ts');
const memoryFile = join(process.env['TMPDIR'] ?? '/tmp', `rouse-soak-${process.pid}.json`);
const daemon = await openScratchDaemon({
  command: [node, '--expose-gc', '--import', heapWatch, ...args, 'start'],
  environment: { ...process.env, SOAK_SECRET: SECRET, ROUSE_SOAK_MEMORY: memoryFile },
  config: soakConfig(pace),
  withinMs: 60_000,
});

async function look(at: ScratchDaemon): Promise<Look> {
  rmSync(memoryFile, { force: true });
  at.signal('SIGUSR2');
  for (;;) {
    try {
      const { heapUsed, rss, external } = JSON.parse(readFileSync(memoryFile, 'utf8')) as NodeJS.MemoryUsage;
      const files = readdirSync(`/proc/${at.pid}/fd`).length;
      const log = statSync(join(at.home, 'rouse.db-wal'), { throwIfNoEntry: false })?.size ?? 0;
      return { heap: heapUsed, rss, external, files, log };
    } catch {
      await delay(clock, 20);
    }
  }
}

const median = (of: readonly number[]): number => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0;
const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

const ending = new AbortController();
const counts: LoadCounts = { deliveries: 0, refused: 0, streams: 0, reads: 0 };
const looks: Look[] = [];
try {
  const playing = playDay(daemon, { pace, clock, signal: ending.signal, counts });
  playing.catch(() => ending.abort());
  const endMs = clock.monotonicMs() + minutes * 60_000;
  while (clock.monotonicMs() < endMs && !ending.signal.aborted) {
    await delay(clock, LOOK_EVERY_MS, ending.signal);
    const seen = await look(daemon);
    looks.push(seen);
    process.stdout.write(
      `heap ${mib(seen.heap)}, outside ${mib(seen.external)}, resident ${mib(seen.rss)}, ${seen.files} files, log ${mib(seen.log)}; ` +
        `${counts.deliveries} deliveries (${counts.refused} refused), ${counts.streams} streams, ${counts.reads} lists\n`,
    );
  }
  ending.abort();
  await playing;
  const rest = looks.slice(Math.floor(looks.length * WARM_UP_SHARE));
  const half = Math.floor(rest.length / 2);
  const grown = (field: keyof Look): number =>
    median(rest.slice(half).map((one) => one[field])) - median(rest.slice(0, half).map((one) => one[field]));
  const verdicts = [
    { what: `heap grew by ${mib(grown('heap'))}`, ok: grown('heap') <= HEAP_GROWTH_MAX },
    { what: `memory outside of it by ${mib(grown('external'))}`, ok: grown('external') <= HEAP_GROWTH_MAX },
    { what: `open files by ${grown('files')}`, ok: grown('files') <= FILES_GROWTH_MAX },
    {
      what: `the log was at most ${mib(Math.max(...looks.map(({ log }) => log)))}`,
      ok: looks.every(({ log }) => log <= LOG_BYTES_MAX),
    },
  ];
  for (const { what, ok } of verdicts) process.stdout.write(`${ok ? '✓' : '✗'} ${what}\n`);
  if (verdicts.some(({ ok }) => !ok)) process.exitCode = 1;
} finally {
  ending.abort();
  await daemon.close();
  rmSync(memoryFile, { force: true });
}
