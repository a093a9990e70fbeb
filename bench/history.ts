/**
 * A long history: pages of it, and what forgetting the older half of it does to everybody else (promises, section 3: ten
 * million runs stay usable; retention deletes in small steps and never blocks a tick). The store and the pruner are the
 * daemon's, in this process. What a tick would have waited for is a step's processor time on this thread: unlike the delays
 * of the event loop, which are told beside it with those of a loop that has nothing to do, it is the step's own doing.
 *
 *   node bench/history.ts [--runs 2000000] [--seconds 30]
 *
 * `--runs 10000000` is the promise itself; making it takes some minutes and 8 GB of disk.
 */
import '../src/clock/temporal.ts';
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { delay, systemClock } from '../src/clock/clock.ts';
import { Pruner, type PruneStep } from '../src/engine/pruner.ts';
import { runStep, transcriptStep } from '../src/engine/retention-steps.ts';
import { HappeningBus } from '../src/events/happening.ts';
import { DATABASE_FILE, openSqliteStore } from '../src/store/sqlite/open-sqlite-store.ts';
import { percentile, spread, verdict } from './measurement/distribution.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '2000000' }, seconds: { type: 'string', default: '30' } },
});
const runs = Number(values.runs);
const clock = systemClock();
const DAY = 86_400_000;
/** A tick comes every half second at least; what is promised to a single fire is 20 ms. */
const STEP_MS = 20;
const IDLE_MS = 5_000;
const PAGE_MS = 10;
const PAGES = 30;

/** Spread over two years; one in ten has a session with a transcript of three entries. */
function fill(home: string, now: number): void {
  const database = new DatabaseSync(path.join(home, DATABASE_FILE));
  database.exec('pragma synchronous = off; pragma journal_mode = off; pragma cache_size = -400000');
  const at = `${now} - cast((${runs} - n) * ${(2 * 365 * DAY) / runs} as integer)`;
  const numbers = (last: number): string =>
    `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${last})`;
  database.exec(`${numbers(runs)}
    insert into runs (id, automation_id, automation_kind, fire_id, attempt, status, kind, reason, priority, exclusive,
      catch_up, agent_name, workspace_id, created_at, scheduled_at, available_at, accepted_at, started_at, ended_at,
      input_tokens, output_tokens)
    select 'run_' || printf('%026d', n), 'job_' || printf('%026d', 1 + n % 1000), 'job', 'fire_' || printf('%026d', n), 1,
      case n % 10 when 0 then 'failed' when 1 then 'canceled' else 'completed' end, 'schedule',
      case n % 10 when 0 then 'timeout' when 1 then 'misfire' end, 0, 1, 0, 'nobody', '',
      ${at}, ${at}, ${at}, ${at}, ${at}, ${at} + 500, 100, 20 from numbers;
    ${numbers(runs / 10)}
    insert into sessions (id, run_id, agent_name, cwd, started_at, ended_at, transcript_bytes, transcript_truncated)
    select 'ses_' || printf('%026d', n), 'run_' || printf('%026d', n * 10), 'nobody', '/', ${now}, ${now}, 300, 0 from numbers;
    ${numbers((runs / 10) * 3)}
    insert into transcript_entries (session, seq, at, kind, text)
    select 1 + (n - 1) / 3, 1 + (n - 1) % 3, ${now}, 'message', printf('%0100d', n) from numbers;
    pragma journal_mode = wal`);
  database.close();
  // Or the first step would wait until all of this is on the disk.
  const file = openSync(path.join(home, DATABASE_FILE), 'r+');
  fsyncSync(file);
  closeSync(file);
}

/** The step, and how long it kept this thread. */
function watched(step: PruneStep, took: number[]): PruneStep {
  return {
    ...step,
    async step(p) {
      const before = process.threadCpuUsage();
      const answer = await step.step(p);
      const { user, system } = process.threadCpuUsage(before);
      took.push((user + system) / 1000);
      return answer;
    },
  };
}

async function loopDelay(during: () => Promise<unknown>): Promise<string> {
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  await during();
  loop.disable();
  return `p99 ${(loop.percentile(99) / 1e6).toFixed(1)}, longest ${(loop.max / 1e6).toFixed(1)} ms`;
}

const home = mkdtempSync(path.join(tmpdir(), 'rouse-bench-'));
try {
  const now = clock.now();
  await (await openSqliteStore({ home, node: 'bench', now })).close();
  const began = performance.now();
  fill(home, now);
  process.stdout.write(`${runs} runs made in ${((performance.now() - began) / 1000).toFixed(0)} s\n`);
  const store = await openSqliteStore({ home, node: 'bench', now, threads: true });
  const queries = {
    'the newest': {},
    'of a job': { job_id: `job_${'7'.padStart(26, '0')}` },
    'failed ones': { status: 'failed' as const },
    'of a job, by reason': { job_id: `job_${'9'.padStart(26, '0')}`, reason: 'timeout' as const },
    'of a day last year': { since: now - 401 * DAY, until: now - 400 * DAY },
  };
  for (const [name, query] of Object.entries(queries)) {
    const pages: number[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < PAGES; page += 1) {
      const before = performance.now();
      const { next_cursor } = await store.listRuns({
        query: { ...query, limit: 100, ...(cursor === undefined ? {} : { cursor }) },
      });
      pages.push(performance.now() - before);
      cursor = next_cursor;
    }
    verdict({
      what: `a page of 100 of ${runs} runs, ${name}, ms`,
      value: spread(pages),
      target: `< ${PAGE_MS}`,
      reached: percentile(pages, 0.9) < PAGE_MS,
    });
  }

  for (const [name, bounds] of Object.entries({
    'by age': { runs: { maxAgeMs: 365 * DAY, maxCount: null }, transcripts: { maxAgeMs: null, maxBytes: 1_000_000 } },
    'by number': { runs: { maxAgeMs: null, maxCount: runs / 4 }, transcripts: { maxAgeMs: null, maxBytes: null } },
  })) {
    const took: number[] = [];
    const needs = { store, bounds: () => ({ ...bounds, events: { maxAgeMs: null }, deliveries: { maxAgeMs: null } }) };
    const steps = [runStep(needs), transcriptStep(needs)].map((step) => watched(step, took));
    const pruner = new Pruner({ clock, bus: new HappeningBus(), steps });
    const idle = await loopDelay(() => delay(clock, IDLE_MS));
    const busy = await loopDelay(async () => {
      const round = pruner.round();
      await Promise.race([round, delay(clock, Number(values.seconds) * 1000)]);
      await pruner.close();
      await round;
    });
    verdict({
      what: `forgetting ${name}, ${took.length} steps, ms of this thread`,
      value: `${spread(took)}, p99 ${percentile(took, 0.99).toFixed(1)}`,
      target: `< ${STEP_MS}`,
      reached: percentile(took, 1) < STEP_MS,
    });
    process.stdout.write(`    the event loop's delays: ${busy}; while nothing was forgotten: ${idle}\n`);
  }
  await store.close();
} finally {
  rmSync(home, { recursive: true, force: true });
}
