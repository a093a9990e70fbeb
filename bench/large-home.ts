/**
 * A home as large as promised (promises, section 3): a million jobs and a million runs in one database. The real daemon
 * is started on it as a process of its own. Measured are the time from its start to its first complete tick, its memory
 * and processor while nothing is due, and pages of a hundred runs through HTTP with every kind of filter.
 *
 *   node bench/large-home.ts [--jobs 1000000] [--runs 1000000] [--home FOLDER]
 *
 * Making the home takes some minutes; one given by --home is kept and used again.
 */
import '../src/clock/temporal.ts';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { createClient } from '../src/client/client.ts';
import type { Client } from '../src/client/client.ts';
import { delay, systemClock } from '../src/clock/clock.ts';
import type { Job } from '../src/model/job.ts';
import { DATABASE_FILE, openSqliteStore } from '../src/store/sqlite/open-sqlite-store.ts';
import { startDaemonProcess, type DaemonProcess } from '../src/testing/daemon-process.ts';
import { median, percentile, spread, verdict } from './measurement/distribution.ts';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '1000000' },
    home: { type: 'string' },
  },
});
const jobs = Number(values.jobs);
const runs = Number(values.runs);
const clock = systemClock();
const home = values.home ?? mkdtempSync(path.join(tmpdir(), 'rouse-bench-'));
const program = path.join(import.meta.dirname, '..', 'bin', 'rouse.mjs');
const DAY = 86_400_000;
const PAGES = 30;
const STARTS = 5;
const TICK_MS = 1000;
const MEMORY_MB = 150;
const IDLE_SHARE = 0.01;
const IDLE_MS = 30_000;
const PAGE_MS = 10;

const first: Job = {
  id: 'job_00000000000000000000000001',
  scope: 'global',
  name: 'bench-0000001',
  agent_name: 'nobody',
  prompt: 'Review the changes since yesterday and write a risk report.',
  schedule: { mode: 'every', interval: '720h' },
  enabled: true,
  retry: { strategy: 'none', max_retries: 0, base_delay: '' },
  fire_limit: { max: 12, window: '1h' },
  source: 'dynamic',
  created_at: clock.now(),
  updated_at: clock.now(),
};

/** One job through the store, the others as copies of its rows: the store's own way would take hours. */
async function fill(home: string): Promise<void> {
  const now = clock.now();
  const store = await openSqliteStore({ home, node: 'bench', now, threads: true });
  await store.createAutomation({
    now,
    automation: first,
    placeCursor: ({ job }) => ({
      cursor: {
        job_id: job.id,
        next_run_at: now + 20 * DAY,
        due_at: now + 20 * DAY,
        anchor_at: now,
        catch_up_policy: 'skip_missed',
        misfire_grace_seconds: 60,
        consecutive_resume_failures: 0,
        misfire_count: 0,
        updated_at: now,
      },
      runs: [],
    }),
  });
  await store.close();
  const database = new DatabaseSync(path.join(home, DATABASE_FILE));
  database.exec('pragma synchronous = off; pragma cache_size = -400000');
  copyRow(database, {
    table: 'automations',
    count: jobs,
    set: {
      seq: 'n',
      id: `'job_' || printf('%026d', n)`,
      name: `'bench-' || printf('%07d', n)`,
      search: `'bench-' || printf('%07d', n)`,
    },
  });
  copyRow(database, {
    table: 'cursors',
    count: jobs,
    set: { automation: 'n', due_at: `due_at + n * 10`, next_run_at: `next_run_at + n * 10` },
  });
  database.exec(`with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${runs})
    insert into runs (id, automation_id, automation_kind, fire_id, attempt, status, kind, reason, priority, exclusive,
      catch_up, agent_name, workspace_id, created_at, scheduled_at, available_at, accepted_at, started_at, ended_at)
    select 'run_' || printf('%026d', n), 'job_' || printf('%026d', 1 + n % 1000), 'job', 'fire_' || printf('%026d', n), 1,
      case n % 10 when 0 then 'failed' when 1 then 'canceled' else 'completed' end, 'schedule',
      case n % 10 when 0 then 'timeout' when 1 then 'misfire' end, 0, 1, 0, 'nobody', '',
      ${now} - (${runs} - n) * 1000, ${now} - (${runs} - n) * 1000, ${now}, ${now} - (${runs} - n) * 1000,
      ${now} - (${runs} - n) * 1000, ${now} - (${runs} - n) * 1000 + 500 from numbers`);
  database.close();
  // Or the daemon's first step would wait until all of this is on the disk.
  const file = openSync(path.join(home, DATABASE_FILE), 'r+');
  fsyncSync(file);
  closeSync(file);
}

/** Copies the first row of a table until there are `count`, with some columns written anew from the number `n`. */
function copyRow(
  database: DatabaseSync,
  p: { table: string; count: number; set: Readonly<Record<string, string>> },
): void {
  const columns = database.prepare(`select name from pragma_table_info('${p.table}')`).all() as { name: string }[];
  const names = columns.map((column) => column.name);
  const selected = names.map((name) => p.set[name] ?? name);
  database.exec(`with recursive numbers (n) as (select 2 union all select n + 1 from numbers where n < ${p.count})
    insert into ${p.table} (${names.join(', ')})
    select ${selected.join(', ')} from numbers, (select * from ${p.table} limit 1)`);
}

function memoryMb(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) / 1024;
}

/** Seconds of processor that the process has used; Linux counts them in hundredths. */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** It says that it is ready when the engine has ticked. */
async function start(took: number[]): Promise<DaemonProcess> {
  const from = performance.now();
  const daemon = await startDaemonProcess({
    command: [process.execPath, program, 'start', '--home', home, '--port', '0'],
    home,
    env: process.env,
    clock,
    withinMs: 120_000,
  });
  took.push(performance.now() - from);
  return daemon;
}

async function pages(client: Client): Promise<void> {
  const filters: Record<string, Parameters<Client['runs']['list']>[0]> = {
    'no filter': {},
    'one job': { job_id: 'job_00000000000000000000000017' },
    status: { status: 'completed' },
    'a status that nothing has': { status: 'delegated' },
    reason: { reason: 'timeout' },
    'one job and reason': { job_id: 'job_00000000000000000000000010', reason: 'timeout' },
    'a time': { until: new Date(clock.now() - (runs / 2) * 1000).toISOString() },
    'one fire': { fire_id: `fire_${String(Math.floor(runs / 2)).padStart(26, '0')}` },
  };
  for (const [what, query] of Object.entries(filters)) {
    const took: number[] = [];
    for (let page = 0; page < PAGES; page += 1) {
      const from = performance.now();
      await client.runs.list({ ...query, limit: 100 });
      took.push(performance.now() - from);
    }
    const value = `${spread(took)} ms, p90 ${percentile(took, 0.9).toFixed(1)}`;
    verdict({ what: `100 of ${runs} runs, ${what}`, value, target: `< ${PAGE_MS}`, reached: median(took) < PAGE_MS });
  }
}

mkdirSync(home, { recursive: true });
// Otherwise the daemon writes the first configuration, whose job fires every twenty seconds.
writeFileSync(path.join(home, 'rouse.toml'), '');
try {
  if (!existsSync(path.join(home, DATABASE_FILE))) {
    const from = performance.now();
    await fill(home);
    process.stdout.write(`${jobs} jobs and ${runs} runs made in ${((performance.now() - from) / 1000).toFixed(0)} s\n`);
  }
  const starts: number[] = [];
  let daemon = await start(starts);
  while (starts.length < STARTS) {
    daemon.signal('SIGTERM');
    await daemon.exited;
    daemon = await start(starts);
  }
  verdict({
    what: `start to first tick with ${jobs} jobs, ms`,
    value: spread(starts, 0),
    target: `< ${TICK_MS}`,
    reached: median(starts) < TICK_MS,
  });
  const client = createClient({ url: daemon.url, token: daemon.token, name: 'bench' });
  await delay(clock, 3000);
  const before = processorSeconds(daemon.pid);
  await delay(clock, IDLE_MS);
  const share = (processorSeconds(daemon.pid) - before) / (IDLE_MS / 1000);
  verdict({
    what: 'processor while idle',
    value: `${(share * 100).toFixed(2)} %`,
    target: `< ${IDLE_SHARE * 100} %`,
    reached: share < IDLE_SHARE,
  });
  const memory = memoryMb(daemon.pid);
  verdict({
    what: 'resident memory',
    value: `${memory.toFixed(0)} MB`,
    target: `< ${MEMORY_MB} MB`,
    reached: memory < MEMORY_MB,
  });
  await pages(client);
  daemon.signal('SIGTERM');
  await daemon.exited;
} finally {
  if (values.home === undefined) rmSync(home, { recursive: true, force: true });
}
