import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { AgentRegistry } from '../../agents/agent-registry.ts';
import type { Clock } from '../../clock/clock.ts';
import { systemClock } from '../../clock/clock.ts';
import type { EngineSettings } from '../../engine/engine-context.ts';
import { createPlaceCursor } from '../../engine/place-cursor.ts';
import type { SimulatedJob, SimulationReport } from '../../engine/simulation-report.ts';
import { testJob } from '../../engine/testing/test-job.ts';
import type { AgentDefinition } from '../../model/agent.ts';
import type { OverlapPolicy } from '../../model/automation-fields.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Job } from '../../model/job.ts';
import type { RunUsage } from '../../model/run.ts';
import type { Trigger } from '../../model/trigger.ts';
import { openSqliteStore } from '../../store/sqlite/open-sqlite-store.ts';
import { openScratchStore } from '../../store/sqlite/scratch-store.ts';
import type { Store } from '../../store/store.ts';
import { DaysSimulator } from './days-simulator.ts';
import type { SimulateDaysParams } from './simulate-days.ts';
import { simulateDays } from './simulate-days.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const T0: EpochMs = Date.UTC(2026, 10, 22, 12);

function agent(parts: Partial<AgentDefinition> = {}): AgentDefinition {
  return {
    name: 'echo',
    type: 'acp',
    command: ['echo-agent'],
    preset: '',
    prompt_via: 'stdin',
    url: '',
    secret_ref: '',
    env: {},
    env_pass: [],
    permission: 'ask',
    permission_timeout_ms: MINUTE,
    allow_tools: [],
    deny_tools: [],
    max_concurrent: 0,
    timeout_ms: null,
    stall_timeout_ms: 30 * SECOND,
    stop_grace_ms: 10 * SECOND,
    mode: '',
    model: '',
    mcp_servers: [],
    rouse_scopes: [],
    worktree: false,
    ...parts,
  };
}

function registry(...agents: AgentDefinition[]): AgentRegistry {
  return { get: (name) => agents.find((one) => one.name === name), list: () => agents };
}

const SETTINGS: EngineSettings = {
  timezone: 'UTC',
  maxConcurrentJobs: 5,
  maxConcurrentPerWorkspace: 0,
  catchUpSpreadMs: 0,
  daily: { tokens: null, costUsd: null },
  maxDepth: 4,
  eventsMaxAgeMs: null,
  deliveriesMaxAgeMs: null,
};

/** Real time for the bounds, and an instant of our choosing to begin with. */
function clockAt(now: EpochMs): Clock {
  return { ...systemClock(), now: () => now };
}

class Home {
  readonly store: Store;
  readonly now: EpochMs;
  readonly settings: EngineSettings;
  #runs = 0;

  constructor(p: { store?: Store; now?: EpochMs; settings?: Partial<EngineSettings> } = {}) {
    this.store = p.store ?? openScratchStore().store;
    this.now = p.now ?? T0;
    this.settings = { ...SETTINGS, ...p.settings };
    homes.push(this);
  }

  get #placeCursor() {
    return createPlaceCursor({ timezone: () => this.settings.timezone, daily: () => this.settings.daily });
  }

  async add(parts: Partial<Job> & { id: string }, at: EpochMs = this.now): Promise<Job> {
    const job = testJob({ name: parts.id, fire_limit: { max: 1_000_000, window: '1h' }, ...parts });
    const answer = await this.store.createAutomation({ now: at, automation: job, placeCursor: this.#placeCursor });
    expect(answer.outcome).toBe('created');
    return job;
  }

  async addTrigger(id: string): Promise<void> {
    const { schedule: _schedule, ...fields } = testJob({ id, name: id });
    const automation: Trigger = { ...fields, event: 'session.stopped' };
    await this.store.createAutomation({ now: this.now, automation, placeCursor: this.#placeCursor });
  }

  /** A completed run of the past. */
  async ran(p: {
    id: string;
    at: EpochMs;
    forMs: number;
    usage?: RunUsage;
    status?: 'completed' | 'failed';
  }): Promise<void> {
    const token = await this.begin({ id: p.id, at: p.at });
    await this.store.finishRun({
      now: p.at + p.forMs,
      run_id: token.runId,
      token: token.token,
      result: { status: p.status ?? 'completed', ...(p.usage === undefined ? {} : { usage: p.usage }) },
      decideFollowUp: () => ({ consecutive_failures: 0 }),
      placeCursor: this.#placeCursor,
    });
  }

  /** A run that works since `at`. */
  async begin(p: { id: string; at: EpochMs }): Promise<{ runId: string; token: string }> {
    const { runId } = await this.waits(p);
    const token = `token-${runId}`;
    const caps = { total: 1000, per_agent: {}, held: [], per_workspace: 0 };
    await this.store.claimRuns({ now: p.at, node: 'n', lease_ms: DAY, caps, tokens: [token] });
    const session = {
      id: `ses_${runId}`,
      run_id: runId,
      agent_name: 'echo',
      cwd: '/',
      started_at: p.at,
      transcript_bytes: 0,
      transcript_truncated: false,
    };
    const started = await this.store.startRun({ now: p.at, run_id: runId, token, prompt: 'x', session });
    expect(started.outcome).toBe('started');
    return { runId, token };
  }

  async waits(p: { id: string; at: EpochMs }): Promise<{ runId: string }> {
    this.#runs += 1;
    const runId = `run_${this.#runs}`;
    const answer = await this.store.acceptRuns({
      now: p.at,
      automation_id: p.id,
      daily_since: null,
      decide: () => ({
        runs: [
          {
            id: runId,
            fire_id: `fire_${this.#runs}`,
            attempt: 1,
            kind: 'manual',
            status: 'scheduled',
            available_at: p.at,
            accepted_at: p.at,
            priority: 0,
            exclusive: false,
            catch_up: false,
          },
        ],
        cancellations: [],
      }),
    });
    expect(answer.outcome).toBe('accepted');
    return { runId };
  }

  async simulate(p: Partial<SimulateDaysParams> & { days: number }): Promise<SimulationReport> {
    return simulateDays({
      store: this.store,
      agents: registry(agent()),
      settings: this.settings,
      clock: clockAt(this.now),
      ...p,
    });
  }

  async report(days: number, p: Partial<SimulateDaysParams> = {}): Promise<SimulationReport> {
    return this.simulate({ days, ...p });
  }
}

const homes: Home[] = [];

afterEach(async () => {
  for (const home of homes.splice(0)) await home.store.close();
});

function only(report: SimulationReport): SimulatedJob {
  expect(report.jobs).toHaveLength(1);
  return report.jobs[0]!;
}

/** Six seconds of work every two seconds, for the first so many fires. */
async function overlapping(p: { overlap: OverlapPolicy; fires: number; forMs?: number }): Promise<SimulationReport> {
  const home = new Home();
  const fireLimit = { max: 1_000_000, window: '1h' };
  await home.add({
    id: 'job_busy',
    overlap: p.overlap,
    schedule: { mode: 'every', interval: '2s' },
    fire_limit: fireLimit,
  });
  await home.ran({
    id: 'job_busy',
    at: T0 - HOUR,
    forMs: p.forMs ?? 6 * SECOND,
    usage: { input_tokens: 500, output_tokens: 100 },
  });
  return home.report(1, { bounds: { firesMax: p.fires } });
}

it('what a job hands over counts as run, and as done before the next fire', async () => {
  const home = new Home();
  await home.add({ id: 'job_hand', agent_name: '', task: {}, schedule: { mode: 'every', interval: '6h' } });
  const report = await home.simulate({ days: 1 });
  expect(report.jobs).toMatchObject([{ fires: 4, runs: 4, refused: {}, wait_ms_max: 0 }]);
  expect(report.concurrent_max).toBe(0);
});

describe('overlap: six seconds of work every two seconds', () => {
  it('skip runs every third fire', async () => {
    const job = only(await overlapping({ overlap: 'skip', fires: 600 }));
    expect(job).toMatchObject({ fires: 600, samples: 1, duration_ms: 6000, wait_ms_max: 0 });
    // A run that ends at the instant of a fire has ended when that fire is decided.
    expect(job.runs).toBe(200);
    expect(job.refused).toEqual({ overlap: 600 - job.runs });
  });

  it('queue keeps one waiting and is busy all the time', async () => {
    const job = only(await overlapping({ overlap: 'queue', fires: 600 }));
    expect(job.fires).toBe(600);
    expect(Math.abs(job.runs - 200)).toBeLessThanOrEqual(1);
    // One runs at the end, and at most one waits: all others were replaced.
    expect(job.fires - job.runs - job.refused.overlap!).toBeLessThanOrEqual(1);
    // The fire at the instant of an end takes the place of the one that waited, and begins at once.
    expect(job.wait_ms_max).toBe(0);
  });

  it('queue makes the newest wait for the end where the two do not meet', async () => {
    const job = only(await overlapping({ overlap: 'queue', fires: 600, forMs: 5 * SECOND }));
    expect(job.wait_ms_max).toBe(SECOND);
    expect(job.wait_ms_mean).toBeGreaterThan(0);
    expect(job.runs).toBeGreaterThan(600 / 3);
  });

  it('queue_all lets a hundred wait and refuses the rest', async () => {
    const job = only(await overlapping({ overlap: 'queue_all', fires: 600 }));
    expect(Math.abs(job.runs - 200)).toBeLessThanOrEqual(1);
    expect(job.fires - job.runs - job.refused.overlap!).toBe(100);
    // A hundred before it, six seconds each.
    expect(job.wait_ms_max).toBeGreaterThan(590 * SECOND);
    expect(job.wait_ms_max).toBeLessThanOrEqual(606 * SECOND);
  });

  it('cancel_running begins every fire and ends the one before after two of its six seconds', async () => {
    const report = await overlapping({ overlap: 'cancel_running', fires: 600 });
    const job = only(report);
    expect(job).toMatchObject({ fires: 600, refused: {} });
    expect(job.fires - job.runs).toBeLessThanOrEqual(1);
    expect(job.expected.tokens / job.runs).toBeCloseTo(200, 0);
    expect(report.concurrent_max).toBe(1);
  });

  it('allow runs three at a time and refuses nothing', async () => {
    const report = await overlapping({ overlap: 'allow', fires: 600 });
    expect(only(report)).toMatchObject({ fires: 600, refused: {} });
    expect(report.concurrent_max).toBeGreaterThanOrEqual(3);
    expect(report.concurrent_max).toBeLessThanOrEqual(4);
  });
});

describe('limits', () => {
  it('a fire limit that is hit is counted instant by instant, up to the end and not beyond', async () => {
    const home = new Home();
    await home.add({
      id: 'job_1',
      schedule: { mode: 'every', interval: '10m' },
      fire_limit: { max: 4, window: '24h' },
    });
    await home.ran({ id: 'job_1', at: T0 - HOUR, forMs: MINUTE });
    await home.ran({ id: 'job_1', at: T0 - 30 * HOUR, forMs: MINUTE });
    const job = only(await home.report(2));
    expect(job.fires).toBe(2 * 144);
    // One acceptance of an hour ago counts still: three at once, one after 23 hours, and again a day later.
    expect(job.runs).toBe(3 + 1 + 3 + 1);
    expect(job.refused).toEqual({ fire_limit: 2 * 144 - 8 });
  });

  it('a budget that is reached refuses until its window lets go', async () => {
    const home = new Home();
    await home.add({
      id: 'job_1',
      schedule: { mode: 'every', interval: '1h' },
      budget: { tokens: 1000, window: '24h' },
    });
    await home.ran({ id: 'job_1', at: T0 - 48 * HOUR, forMs: MINUTE, usage: { input_tokens: 200, output_tokens: 50 } });
    const job = only(await home.report(2));
    expect(job.fires).toBe(48);
    expect(job.runs).toBe(8);
    expect(job.refused).toEqual({ budget: 40 });
    expect(job.expected).toEqual({ tokens: 2000, cost_usd: 0 });
  });

  it('what was used before counts within its window', async () => {
    const home = new Home();
    await home.add({
      id: 'job_1',
      schedule: { mode: 'every', interval: '1h' },
      budget: { cost_usd: 1, window: '24h' },
    });
    await home.ran({ id: 'job_1', at: T0 - 3 * HOUR, forMs: MINUTE, usage: { cost_usd: 0.75 } });
    await home.ran({ id: 'job_1', at: T0 - 72 * HOUR, forMs: MINUTE, usage: { cost_usd: 0.25 } });
    const job = only(await home.report(1));
    // One more fits in now, and one when what was used before has left the window.
    expect(job.runs).toBe(2);
    expect(job.expected.cost_usd).toBeCloseTo(1, 9);
  });

  it("the day's budget is reached on the first day by what others used, and begins anew at midnight", async () => {
    const home = new Home({ settings: { daily: { tokens: null, costUsd: 10 } } });
    await home.add({ id: 'job_1', schedule: { mode: 'every', interval: '1h' } });
    await home.add({ id: 'job_off', enabled: false });
    await home.ran({ id: 'job_1', at: T0 - 2 * DAY, forMs: MINUTE, usage: { cost_usd: 1 } });
    await home.ran({ id: 'job_off', at: T0 - HOUR, forMs: MINUTE, usage: { cost_usd: 8 } });
    const job = only(await home.report(1));
    // 13:00 and 14:00 today; ten from midnight on, of the thirteen until noon.
    expect(job).toMatchObject({ fires: 24, runs: 12, refused: { budget: 12 } });
  });

  it('a budget for a single run ends it, and it counts as a run', async () => {
    const home = new Home();
    await home.add({ id: 'job_1', schedule: { mode: 'every', interval: '6h' }, budget: { run_tokens: 100 } });
    await home.ran({ id: 'job_1', at: T0 - DAY, forMs: MINUTE, usage: { input_tokens: 150 } });
    expect(only(await home.report(1))).toMatchObject({ fires: 4, runs: 4, refused: {} });
  });

  it('caps are respected and make others wait', async () => {
    const home = new Home({ settings: { maxConcurrentJobs: 2 } });
    for (const id of ['job_1', 'job_2', 'job_3', 'job_4']) {
      await home.add({ id, schedule: { mode: 'cron', expr: '30 * * * *' } });
      await home.ran({ id, at: T0 - DAY, forMs: 10 * MINUTE });
    }
    const report = await home.report(1);
    expect(report).toMatchObject({ concurrent_max: 2, concurrent_cap: 2 });
    expect(report.jobs.map((job) => job.runs)).toEqual([24, 24, 24, 24]);
    const waited = report.jobs.filter((job) => job.wait_ms_max >= 10 * MINUTE);
    expect(waited).toHaveLength(2);
    expect(Math.max(...report.jobs.map((job) => job.wait_ms_max))).toBeLessThan(11 * MINUTE);
  });

  it("an agent's own cap holds too", async () => {
    const home = new Home();
    for (const id of ['job_1', 'job_2']) {
      await home.add({ id, schedule: { mode: 'cron', expr: '30 * * * *' } });
      await home.ran({ id, at: T0 - DAY, forMs: 10 * MINUTE });
    }
    const report = await home.report(1, { agents: registry(agent({ max_concurrent: 1 })) });
    expect(report.concurrent_max).toBe(1);
    expect(Math.max(...report.jobs.map((job) => job.wait_ms_max))).toBeGreaterThanOrEqual(10 * MINUTE);
  });

  it('what waits too long is given up', async () => {
    const home = new Home({ settings: { maxConcurrentJobs: 1 } });
    for (const id of ['job_1', 'job_2']) {
      await home.add({ id, queue_timeout: '5m', schedule: { mode: 'cron', expr: '30 * * * *' } });
      await home.ran({ id, at: T0 - DAY, forMs: 10 * MINUTE });
    }
    const report = await home.report(1);
    const total = (read: (job: SimulatedJob) => number): number => report.jobs.reduce((sum, job) => sum + read(job), 0);
    expect(total((job) => job.fires)).toBe(48);
    expect(total((job) => job.runs)).toBe(24);
    expect(total((job) => job.refused.queue_timeout ?? 0)).toBe(24);
  });

  it('a held agent starts nothing before its hold ends', async () => {
    const home = new Home();
    await home.add({ id: 'job_1', overlap: 'skip', schedule: { mode: 'every', interval: '1h' } });
    await home.store.holdAgent({ now: T0, hold: { agent_name: 'echo', until: T0 + 150 * MINUTE, reason: 'limit' } });
    const job = only(await home.report(1));
    expect(job.wait_ms_max).toBeGreaterThanOrEqual(90 * MINUTE);
    expect(job.wait_ms_max).toBeLessThan(91 * MINUTE);
    expect(job).toMatchObject({ fires: 24, runs: 23, refused: { overlap: 1 } });
  });
});

describe('time', () => {
  it('a week over the day of 23 hours has seven mornings and one hour less', async () => {
    // Paris loses an hour on 29 March 2026; from Thursday 26 March, 10:00 there.
    const home = new Home({ now: Date.UTC(2026, 2, 26, 9), settings: { timezone: 'Europe/Paris' } });
    await home.add({ id: 'job_daily', schedule: { mode: 'cron', expr: '0 9 * * *' } });
    await home.add({ id: 'job_hourly', schedule: { mode: 'cron', expr: '0 * * * *' } });
    await home.add({ id: 'job_in_gap', schedule: { mode: 'cron', expr: '30 2 * * *' } });
    const report = await home.report(7);
    expect(report.to - report.from).toBe(7 * DAY - HOUR);
    expect(report.jobs.map((job) => [job.job_id, job.fires])).toEqual([
      ['job_daily', 7],
      ['job_hourly', 7 * 24 - 1],
      ['job_in_gap', 7],
    ]);
  });

  it('a week over the day of 25 hours has seven mornings and one hour more', async () => {
    const home = new Home({ now: Date.UTC(2026, 9, 22, 7), settings: { timezone: 'Europe/Paris' } });
    await home.add({ id: 'job_daily', schedule: { mode: 'cron', expr: '0 9 * * *' } });
    await home.add({ id: 'job_hourly', schedule: { mode: 'every', interval: '1h' } });
    const report = await home.report(7);
    expect(report.to - report.from).toBe(7 * DAY + HOUR);
    expect(report.jobs.map((job) => job.fires)).toEqual([7, 7 * 24 + 1]);
  });

  it('the grid of an interval goes on from where it is anchored', async () => {
    const home = new Home();
    await home.add({ id: 'job_1', schedule: { mode: 'every', interval: '7h' } }, T0 - 20 * HOUR);
    await home.store.planFires({
      now: T0,
      limit: 10,
      daily_since: null,
      decide: ({ cursor }) => ({
        cursor: { ...cursor, next_run_at: T0 + HOUR, due_at: T0 + HOUR },
        runs: [],
        cancellations: [],
      }),
    });
    expect(only(await home.report(1)).fires).toBe(4);
  });

  it('what was overdue when it began is decided as the daemon would', async () => {
    const home = new Home();
    await home.add({ id: 'job_1', schedule: { mode: 'every', interval: '1h' } }, T0 - 10.5 * HOUR);
    const job = only(await home.report(1));
    expect(job.refused.misfire).toBe(10);
    expect(job.fires).toBe(10 + job.runs);
  });
});

describe('past and present', () => {
  it('without past runs five minutes are assumed, and nothing is used', async () => {
    const home = new Home();
    await home.add({ id: 'job_1', schedule: { mode: 'every', interval: '1h' } });
    expect(only(await home.report(1))).toMatchObject({
      samples: 0,
      duration_ms: 5 * MINUTE,
      expected: { tokens: 0, cost_usd: 0 },
    });
  });

  it('duration and use are the means of completed runs; failed ones say nothing', async () => {
    const home = new Home();
    await home.add({ id: 'job_1', schedule: { mode: 'every', interval: '6h' } });
    await home.ran({ id: 'job_1', at: T0 - 5 * DAY, forMs: 10 * SECOND, usage: { input_tokens: 100, cost_usd: 0.5 } });
    await home.ran({ id: 'job_1', at: T0 - 4 * DAY, forMs: 30 * SECOND, usage: { output_tokens: 300 } });
    await home.ran({ id: 'job_1', at: T0 - 3 * DAY, forMs: HOUR, status: 'failed' });
    const report = await home.report(1);
    // The fourth begins with the last instant, so its use lies beyond.
    expect(only(report)).toMatchObject({ samples: 2, duration_ms: 20 * SECOND, runs: 4 });
    expect(report.expected.tokens).toBe(600);
    expect(report.expected.cost_usd).toBeCloseTo(0.75, 9);
  });

  it('a run that works already goes on for the rest of its time and is in the way', async () => {
    const home = new Home();
    await home.add({ id: 'job_1', overlap: 'skip', timeout: '10h', schedule: { mode: 'every', interval: '1h' } });
    await home.ran({ id: 'job_1', at: T0 - 3 * DAY, forMs: 225 * MINUTE, usage: { input_tokens: 2250 } });
    await home.begin({ id: 'job_1', at: T0 - 90 * MINUTE });
    const job = only(await home.report(1));
    // It ends at 14:15; then every fourth fire runs, at 15:00, 19:00, 23:00, 3:00, 7:00 and 11:00.
    expect(job).toMatchObject({ fires: 24, runs: 6, refused: { overlap: 18 } });
    // 135 minutes of the first, five whole ones, and an hour of the last.
    expect(job.expected.tokens).toBe(1350 + 5 * 2250 + 600);
  });

  it('a job that would be paused after failures in a row is named, with the instant', async () => {
    const home = new Home();
    await home.add({
      id: 'job_1',
      timeout: '10m',
      pause_after_failures: 3,
      schedule: { mode: 'every', interval: '1h' },
    });
    await home.ran({ id: 'job_1', at: T0 - DAY, forMs: 30 * MINUTE });
    const report = await home.simulate({ days: 1 });
    const { left_out } = report;
    expect(only(report)).toMatchObject({ fires: 3, runs: 3 });
    expect(left_out).toMatchObject([{ job_id: 'job_1', since: T0 + 3 * HOUR + 10 * MINUTE }]);
    expect(left_out[0]!.reason).toContain('3 fires in a row failed');
  });

  it('runs of triggers and of jobs that are off take slots too', async () => {
    const home = new Home({ settings: { maxConcurrentJobs: 1 } });
    await home.add({ id: 'job_1', schedule: { mode: 'every', interval: '2m' }, overlap: 'skip' });
    await home.ran({ id: 'job_1', at: T0 - DAY, forMs: SECOND });
    await home.addTrigger('trg_1');
    await home.begin({ id: 'trg_1', at: T0 - MINUTE });
    await home.waits({ id: 'trg_1', at: T0 - 30 * SECOND });
    const report = await home.report(1);
    // Four minutes are left of the one, and five of the other, which stood in the queue before the job's first.
    expect(only(report).wait_ms_max).toBeGreaterThanOrEqual(7 * MINUTE);
    expect(only(report).wait_ms_max).toBeLessThan(7 * MINUTE + 5 * SECOND);
    expect(report.concurrent_max).toBe(1);
  });

  it('parked and unreadable jobs are named and left out', async () => {
    const home = new Home();
    await home.add({ id: 'job_1', schedule: { mode: 'every', interval: '1h' } });
    await home.add({ id: 'job_parked', schedule: { mode: 'cron', expr: '0 9 * * *', timezone: 'Mars/Olympus' } });
    await home.add({ id: 'job_off', enabled: false, schedule: { mode: 'every', interval: '1s' } });
    const report = await home.simulate({ days: 1 });
    const { left_out } = report;
    expect(report.jobs.map((job) => job.job_id)).toEqual(['job_1']);
    expect(left_out).toMatchObject([{ job_id: 'job_parked', name: 'job_parked' }]);
    expect(left_out[0]!.reason).toContain('Mars/Olympus');
  });

  it('the same home at the same instant gives the same report', async () => {
    const home = new Home({ settings: { maxConcurrentJobs: 2 } });
    for (let index = 0; index < 20; index += 1) {
      const id = `job_${index}`;
      await home.add({ id, overlap: 'queue', schedule: { mode: 'every', interval: `${17 + index}m` } });
      await home.ran({ id, at: T0 - DAY, forMs: (index + 1) * MINUTE, usage: { cost_usd: 0.01 * index } });
    }
    expect(await home.report(2)).toEqual(await home.report(2));
  });

  it('changes nothing in the real store', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'rouse-simulate-'));
    try {
      const home = new Home({ store: await openSqliteStore({ home: folder, node: 'n', now: T0 }) });
      await home.add({ id: 'job_1', schedule: { mode: 'every', interval: '1m' }, budget: { tokens: 5000 } });
      await home.ran({ id: 'job_1', at: T0 - HOUR, forMs: 6 * SECOND, usage: { input_tokens: 10 } });
      await home.begin({ id: 'job_1', at: T0 - MINUTE });
      await home.waits({ id: 'job_1', at: T0 - MINUTE });
      const before = bytesOf(folder);
      expect((await home.report(1)).jobs[0]!.runs).toBeGreaterThan(0);
      expect(bytesOf(folder)).toEqual(before);
    } finally {
      await Promise.all(homes.splice(0).map((home) => home.store.close()));
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

function bytesOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      // The shared index of the log holds marks of who reads, which reading itself moves.
      .filter((name) => name.startsWith('rouse.db') && !name.endsWith('-shm'))
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(path.join(folder, name)))
          .digest('hex'),
      ]),
  );
}

describe('bounds', () => {
  it('ends early at the bound of fires and says when', async () => {
    const home = new Home();
    await home.add({ id: 'job_1', schedule: { mode: 'every', interval: '1m' } });
    const report = await home.report(7, { bounds: { firesMax: 100 } });
    expect(report.truncated_at).toBe(T0 + 100 * MINUTE);
    expect(only(report).fires).toBe(100);
    expect(report.to).toBe(T0 + 7 * DAY);
  });

  it('ends early when its time is up', async () => {
    const home = new Home();
    await home.add({ id: 'job_1', schedule: { mode: 'every', interval: '1s' } });
    const report = await home.report(31, { bounds: { wallMsMax: 0 } });
    expect(report.truncated_at).toBeLessThan(report.to);
  });

  it('what breaks within it reaches who asked', async () => {
    const home = new Home();
    await home.add({ id: 'job_1', schedule: { mode: 'every', interval: '1h' } });
    let looks = 0;
    const settings: EngineSettings = {
      ...SETTINGS,
      get maxConcurrentJobs() {
        looks += 1;
        if (looks > 20) throw new Error('no caps today');
        return 5;
      },
    };
    await expect(home.report(7, { settings })).rejects.toThrow('no caps today');
  });

  it('refuses a home that is too large, with the numbers', async () => {
    const home = new Home();
    for (const id of ['job_1', 'job_2']) await home.add({ id });
    await expect(home.report(1, { bounds: { jobsMax: 1 } })).rejects.toMatchObject({
      code: 'malformed_request',
      message: expect.stringContaining('up to 1 jobs, and this one has 2') as string,
    });
  });

  it('a thousand jobs for a week end in time and leave the event loop to others', async () => {
    const home = new Home({ settings: { maxConcurrentJobs: 50 } });
    for (let index = 0; index < 1000; index += 1) {
      const id = `job_${String(index).padStart(4, '0')}`;
      await home.add({ id, schedule: { mode: 'cron', expr: `${index % 60} ${index % 24} * * *` } });
      await home.ran({ id, at: T0 - DAY, forMs: MINUTE, usage: { input_tokens: 10 } });
    }
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const report = await home.report(7);
    delay.disable();
    expect(report.truncated_at).toBeUndefined();
    expect(report.jobs).toHaveLength(1000);
    expect(report.jobs.every((job) => job.fires === 7 && job.runs === 7)).toBe(true);
    expect(report.concurrent_max).toBeLessThanOrEqual(50);
    // About 3 ms on an idle machine; without giving turns it would be the whole simulation, many seconds.
    expect(delay.percentile(99) / 1e6).toBeLessThan(200);
  }, 60_000);
});

describe('one at a time', () => {
  it('who asks meanwhile waits, and the same question that waits already is shared', async () => {
    const home = new Home();
    await home.add({ id: 'job_1', schedule: { mode: 'every', interval: '1h' } });
    const { store, settings } = home;
    const simulator = new DaysSimulator({
      store,
      agents: registry(agent()),
      clock: clockAt(T0),
      settings: () => settings,
    });
    const order: string[] = [];
    const ask = (name: string, days: number): Promise<SimulationReport> => {
      const answer = simulator.simulate({ days });
      void answer.then(() => order.push(name));
      return answer;
    };
    const first = ask('first', 1);
    const second = ask('second', 2);
    const third = ask('third', 2);
    expect(third).toBe(second);
    expect((await first).jobs[0]!.fires).toBe(24);
    expect((await third).jobs[0]!.fires).toBe(48);
    expect(order).toEqual(['first', 'second', 'third']);
    await simulator.close();
  });

  it('closing ends what goes on and refuses what waits', async () => {
    const home = new Home();
    await home.add({ id: 'job_1', schedule: { mode: 'every', interval: '1s' } });
    const { store, settings } = home;
    const simulator = new DaysSimulator({
      store,
      agents: registry(agent()),
      clock: clockAt(T0),
      settings: () => settings,
    });
    const first = simulator.simulate({ days: 31 });
    const second = simulator.simulate({ days: 7 });
    const secondEnd = second.catch((error: { code: string }) => error.code);
    const firstEnd = first.then(
      (report) => report.truncated_at,
      (error: { code: string }) => error.code,
    );
    await simulator.close();
    expect(await firstEnd).toBeDefined();
    expect(await secondEnd).toBe('shutting_down');
    await expect(simulator.simulate({ days: 1 })).rejects.toMatchObject({ code: 'shutting_down' });
  });
});
