/**
 * Durable claims per second: `planFires` against a bare node:sqlite loop that does the same two statements (move the
 * cursor, insert the run) on the same schema, in batches of the same size, synced to disk (promises, section 3).
 * Both sides alternate within one run, each on its own fresh file, and only the ratio is worth remembering.
 *
 *   node bench/claims.ts [--jobs 5000] [--batch 500] [--rounds 7]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import type { Job } from '../src/model/job.ts';
import { openSqliteStore, DATABASE_FILE } from '../src/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../src/store/store.ts';
import type { DueJob, FireDecision } from '../src/store/cursor-store.ts';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '5000' },
    batch: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '7' },
    /** Fires per job before the measured one, so that facts are looked up among history. */
    history: { type: 'string', default: '1' },
  },
});
const jobCount = Number(values.jobs);
const batch = Number(values.batch);
const rounds = Number(values.rounds);
const history = Number(values.history);

const START = Date.UTC(2026, 10, 22, 12);
const INTERVAL = 3_600_000;

function benchJob(index: number): Job {
  return {
    id: `job_${index.toString(16).padStart(26, '0')}`,
    scope: 'global',
    name: `bench-${String(index).padStart(7, '0')}`,
    agent_name: 'reviewer',
    prompt: 'Review the changes since yesterday and write a risk report.',
    schedule: { mode: 'every', interval: '1h' },
    enabled: true,
    retry: { strategy: 'none', max_retries: 0, base_delay: '' },
    fire_limit: { max: 12, window: '1h' },
    source: 'dynamic',
    created_at: START,
    updated_at: START,
  };
}

/** What the planner decides in the plain case: run the instant, stand on the next. */
function decide(due: DueJob, now: number, status: 'scheduled' | 'canceled'): FireDecision {
  const scheduledAt = due.cursor.next_run_at!;
  const fireId = `fire_${due.job.id.slice(4)}_${scheduledAt}`;
  return {
    cursor: {
      ...due.cursor,
      next_run_at: scheduledAt + INTERVAL,
      due_at: scheduledAt + INTERVAL,
      last_run_at: now,
      last_scheduled_at: scheduledAt,
      last_fire_id: fireId,
      updated_at: now,
    },
    runs: [
      {
        id: `run_${due.job.id.slice(4)}_${scheduledAt}`,
        fire_id: fireId,
        attempt: 1,
        kind: 'schedule',
        status,
        scheduled_at: scheduledAt,
        available_at: now,
        accepted_at: now,
        priority: 0,
        exclusive: true,
        catch_up: false,
      },
    ],
    cancellations: [],
  };
}

async function prepare(home: string): Promise<Store> {
  const store = await openSqliteStore({ home, node: 'bench', now: START, threads: true });
  const placeCursor = ({ job }: { job: Job }) => ({
    cursor: {
      job_id: job.id,
      next_run_at: START,
      due_at: START,
      anchor_at: START,
      schedule_hash: 'a'.repeat(64),
      catch_up_policy: 'skip_missed' as const,
      misfire_grace_seconds: 60,
      consecutive_resume_failures: 0,
      misfire_count: 0,
      updated_at: START,
    },
    runs: [],
  });
  // Created through the store's own sync, in one transaction, as if from a file.
  const automations = Array.from({ length: jobCount }, (_, i): Job => ({ ...benchJob(i), source: 'config' }));
  await store.syncAutomations({ now: START, source: 'config', automations, keep_ids: [], placeCursor });
  // Canceled, so that no job has an unfinished run when the measured fire comes: the plain case of a healthy daemon.
  for (let fire = 0; fire < history; fire += 1) await planAll(store, START + fire * INTERVAL, 'canceled');
  return store;
}

async function planAll(store: Store, now: number, status: 'scheduled' | 'canceled' = 'scheduled'): Promise<number> {
  let claims = 0;
  for (;;) {
    const planned = await store.planFires({
      now,
      limit: batch,
      daily_since: null,
      decide: (due) => decide(due, now, status),
    });
    for (const fire of planned) claims += fire.runs.length;
    if (planned.length < batch) return claims;
  }
}

/** The two statements and nothing around them: no reading of what is due, no decision, no facts, no objects. */
function bareAll(database: DatabaseSync, now: number): number {
  const move = database.prepare(
    'update cursors set due_at = ?, next_run_at = ?, last_run_at = ?, last_scheduled_at = ?, last_fire_id = ?, updated_at = ? where automation = ? and next_run_at = ?',
  );
  const insert =
    database.prepare(`insert into runs (id, automation_id, automation_kind, fire_id, attempt, status, queue,
    kind, priority, exclusive, catch_up, agent_name, workspace_id, created_at, scheduled_at, available_at, accepted_at)
    values (?, ?, 'job', ?, 1, 'scheduled', 'ready', 'schedule', 0, 1, 0, 'reviewer', '', ?, ?, ?, ?)`);
  let claims = 0;
  for (let first = 0; first < jobCount; first += batch) {
    database.exec('begin immediate');
    for (let i = first; i < Math.min(first + batch, jobCount); i += 1) {
      const jobId = `job_${i.toString(16).padStart(26, '0')}`;
      const fireId = `fire_${jobId.slice(4)}_${now}`;
      const { changes } = move.run(now + INTERVAL, now + INTERVAL, now, now, fireId, now, i + 1, now);
      insert.run(`run_${jobId.slice(4)}_${now}`, jobId, fireId, now, now, now, now);
      claims += Number(changes);
    }
    database.exec('commit');
  }
  return claims;
}

function openBare(home: string): DatabaseSync {
  const database = new DatabaseSync(path.join(home, DATABASE_FILE));
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma cache_size = -16384',
  );
  return database;
}

async function perSecond(body: () => number | Promise<number>): Promise<number> {
  const from = performance.now();
  const claims = await body();
  const seconds = (performance.now() - from) / 1000;
  if (claims !== jobCount) throw new Error(`expected ${jobCount} claims and got ${claims}`);
  return claims / seconds;
}

async function round(): Promise<{ store: number; bare: number }> {
  const folders = [mkdtempSync(path.join(tmpdir(), 'rouse-bench-')), mkdtempSync(path.join(tmpdir(), 'rouse-bench-'))];
  try {
    const [ours, theirs] = folders as [string, string];
    const now = START + history * INTERVAL;
    const store = await prepare(ours);
    const store2 = await prepare(theirs);
    await store2.close();
    const database = openBare(theirs);
    // Whoever goes second finds a warmer disk: the order changes from round to round.
    const storeFirst = roundNumber++ % 2 === 0;
    const early = storeFirst
      ? await perSecond(() => planAll(store, now))
      : await perSecond(() => bareAll(database, now));
    const late = storeFirst
      ? await perSecond(() => bareAll(database, now))
      : await perSecond(() => planAll(store, now));
    await store.close();
    database.close();
    return storeFirst ? { store: early, bare: late } : { store: late, bare: early };
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

let roundNumber = 0;
await round(); // Compiles both sides; not counted.
const results: { store: number; bare: number }[] = [];
for (let i = 0; i < rounds; i += 1) {
  const result = await round();
  results.push(result);
  process.stdout.write(
    `round ${i + 1}: store ${Math.round(result.store)}/s, bare ${Math.round(result.bare)}/s, ratio ${(result.store / result.bare).toFixed(2)}\n`,
  );
}
const ratios = results.map((result) => result.store / result.bare).toSorted((a, b) => a - b);
const median = ratios[Math.floor(ratios.length / 2)]!;
process.stdout.write(
  `claims, ${batch} a batch, ${jobCount} jobs: median ratio ${median.toFixed(2)} (${ratios[0]!.toFixed(2)} to ${ratios.at(-1)!.toFixed(2)}), to reach 0.60\n`,
);
