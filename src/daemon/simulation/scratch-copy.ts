/**
 * What the simulation begins with: the enabled jobs with their cursors, what limits look back on (acceptances, use),
 * and what is unfinished, copied from the real store into the scratch store through the port's own steps.
 *
 * Left behind, because no decision looks at it: prompts and answers, success conditions (expected agents always
 * succeed), older history. Runs of a definition that was deleted meanwhile are left behind too; they are few and end soon.
 */
import type { Automation } from '../../model/automation.ts';
import { isTrigger } from '../../model/automation.ts';
import { durationMs } from '../../model/duration.ts';
import { budgetOf, overlapOf, priorityOf, queueTimeoutMsOf } from '../../model/effective.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Job } from '../../model/job.ts';
import type { Run, RunUsage } from '../../model/run.ts';
import type { Store } from '../../store/store.ts';
import type { NewRun } from '../../store/acceptance.ts';
import type { Spending } from '../../store/account-store.ts';
import type { Cursor, PlaceCursor } from '../../store/cursor.ts';
import type { AutomationRecord } from '../../store/definition-store.ts';
import type { ClaimCaps } from '../../store/run-store.ts';
import { dailySince, spendingOf } from '../../engine/budget.ts';
import type { EngineSettings } from '../../engine/engine-context.ts';
import { isExclusive } from '../../engine/resolve-overlap.ts';
import type { RealStore } from './paced-store.ts';
import type { LeftOutJob } from '../../engine/simulation-report.ts';
import type { Expectation } from './past-runs.ts';
import { readExpectation, samplesPer } from './past-runs.ts';

const JOBS_PAGE = 50;
const RUNS_PAGE = 100;
/** History of one job, and unfinished runs in all, that are carried over; the newest and the first in the queue. */
const HISTORY_MAX = 1000;
const UNFINISHED_MAX = 1000;

export interface CopiedAutomation {
  /** As it stands in the scratch store. */
  automation: Automation;
  expected: Expectation;
}

export interface CopiedJob extends CopiedAutomation {
  automation: Job;
  cursor: Cursor;
}

export interface ScratchCopy {
  /** The jobs that are simulated, by id, in order of their names. */
  jobs: ReadonlyMap<string, CopiedJob>;
  /** Those, and the others that have something unfinished. */
  automations: ReadonlyMap<string, CopiedAutomation>;
  /** How long the runs that execute right now have done so already. */
  doneMs: ReadonlyMap<string, number>;
  /** What waits right now; to be queued once those that execute have their slots again. */
  waiting: readonly Run[];
  left_out: LeftOutJob[];
}

export async function copyIntoScratch(p: {
  real: RealStore;
  scratch: Store;
  settings: EngineSettings;
  from: EpochMs;
}): Promise<ScratchCopy> {
  const copier = new Copier(p);
  return copier.copy();
}

/** Puts what waited into the queue of the scratch store, as it stood in the real one. */
export async function queueWaiting(p: { scratch: Store; copy: ScratchCopy }): Promise<void> {
  for (const run of p.copy.waiting) {
    const { automation } = p.copy.automations.get(automationIdOf(run))!;
    await accept(p.scratch, { automation, now: run.created_at, runs: [waitingRun(run, automation)] });
  }
}

class Copier {
  readonly #real: RealStore;
  readonly #scratch: Store;
  readonly #settings: EngineSettings;
  readonly #from: EpochMs;
  readonly #automations = new Map<string, CopiedAutomation>();
  readonly #jobs = new Map<string, CopiedJob>();
  readonly #leftOut: LeftOutJob[] = [];
  #samples = 0;
  #tokens = 0;

  constructor(p: { real: RealStore; scratch: Store; settings: EngineSettings; from: EpochMs }) {
    this.#real = p.real;
    this.#scratch = p.scratch;
    this.#settings = p.settings;
    this.#from = p.from;
  }

  async copy(): Promise<ScratchCopy> {
    this.#samples = samplesPer((await this.#real.readCounts()).jobs);
    await this.#copySurroundings();
    let spentToday: Spending = { tokens: 0, cost_usd: 0 };
    for await (const record of this.#enabledJobs()) {
      const ofJob = await this.#copyJob(record);
      spentToday = sum(spentToday, ofJob);
    }
    const { running, waiting } = await this.#readUnfinished();
    await this.#copyRunning(running);
    await this.#copyOtherSpending(spentToday);
    return {
      jobs: this.#jobs,
      automations: this.#automations,
      doneMs: new Map(running.map((run) => [run.id, this.#from - (run.started_at ?? this.#from)])),
      waiting,
      left_out: this.#leftOut,
    };
  }

  async #copySurroundings(): Promise<void> {
    const now = this.#from;
    for (const workspace of await this.#real.listWorkspaces()) await this.#scratch.putWorkspace({ now, workspace });
    for (const hold of await this.#real.listAgentHolds({ now })) await this.#scratch.holdAgent({ now, hold });
  }

  async *#enabledJobs(): AsyncGenerator<AutomationRecord<Job>> {
    for (let cursor: string | undefined; ;) {
      const query = { limit: JOBS_PAGE, ...(cursor === undefined ? {} : { cursor }) };
      const page = await this.#real.listJobs({ query });
      for (const record of page.items) {
        const obstacle = record.unreadable ?? (record.enabled ? record.cursor?.parked_error : undefined);
        const { id, name } = record.automation;
        if (obstacle !== undefined) this.#leftOut.push({ job_id: id, name, reason: obstacle });
        else if (record.enabled) yield record;
      }
      if (page.next_cursor === undefined) return;
      cursor = page.next_cursor;
    }
  }

  /** Returns what of today's spending has come along with it. */
  async #copyJob(record: AutomationRecord<Job>): Promise<Spending> {
    const automation = asSimulated(record.automation, true);
    const cursor = record.cursor ?? emptyCursor(automation.id);
    const expected = await this.#define(automation, cursor);
    this.#jobs.set(automation.id, { automation, cursor, expected });
    return this.#copyHistory(automation);
  }

  async #define(automation: Automation, cursor: Cursor): Promise<Expectation> {
    const placeCursor: PlaceCursor = () => ({ cursor, runs: [] });
    await this.#scratch.createAutomation({ now: automation.created_at, automation, placeCursor });
    const expected = await readExpectation(this.#real, {
      automation: isTrigger(automation) ? { trigger_id: automation.id } : { job_id: automation.id },
      samples: this.#samples,
    });
    this.#automations.set(automation.id, { automation, expected });
    return expected;
  }

  async #copyHistory(job: Job): Promise<Spending> {
    const budget = budgetOf(job);
    const hasBudget = budget.tokens !== null || budget.costUsd !== null;
    const windowMs = Math.max(durationMs(job.fire_limit.window), hasBudget ? budget.windowMs : 0);
    const finished = (await this.#readHistory(job, windowMs)).map((run) => (hasBudget ? run : withoutUsage(run)));
    await this.#insertFinished(job, finished);
    if (!hasBudget) return { tokens: 0, cost_usd: 0 };
    const since = this.#from - budget.windowMs + 1;
    const inWindow = finished.filter((run) => run.ended_at! >= since);
    const spent = await this.#real.readSpending({ automation_id: job.id, since });
    // What still runs, and what lies beyond the history read here, counts as if it had been used just now.
    const rest = less(spent, totalOf(inWindow));
    await this.#insertSpending(job, rest);
    const today = dailySince({ daily: this.#settings.daily, now: this.#from });
    return today === null ? rest : sum(rest, totalOf(finished.filter((run) => run.ended_at! >= today)));
  }

  /** Finished runs that a limit may look back on, oldest first. */
  async #readHistory(job: Job, windowMs: number): Promise<Run[]> {
    const history: Run[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await this.#real.listRuns({
        query: {
          job_id: job.id,
          since: this.#from - windowMs,
          limit: RUNS_PAGE,
          ...(cursor === undefined ? {} : { cursor }),
        },
      });
      history.push(...page.items.filter(countsAfterwards));
      if (page.next_cursor === undefined || history.length >= HISTORY_MAX) break;
      cursor = page.next_cursor;
    }
    return history.slice(0, HISTORY_MAX).toReversed();
  }

  async #insertFinished(automation: Automation, runs: readonly Run[]): Promise<void> {
    // Each as a fire of its own: two attempts of one fire could not be claimed together.
    const accepted = runs.map((run) => ({ ...newRun(run), fire_id: run.id, available_at: this.#from }));
    const tokens = await this.#claim(automation, accepted);
    for (const run of runs) {
      await this.#scratch.finishRun({
        now: run.ended_at!,
        run_id: run.id,
        token: tokens.get(run.id)!,
        result: {
          status: run.status === 'canceled' ? 'canceled' : 'completed',
          ...(run.usage === undefined ? {} : { usage: run.usage }),
        },
        decideFollowUp: () => ({ consecutive_failures: 0 }),
        placeCursor: ({ cursor, job }) => ({ cursor: cursor ?? emptyCursor(job.id), runs: [] }),
      });
    }
  }

  /** Nothing else waits while history is written, so what is claimed is what was accepted here. */
  async #claim(automation: Automation, runs: NewRun[]): Promise<Map<string, string>> {
    if (runs.length === 0) return new Map();
    await accept(this.#scratch, { automation, now: this.#from, runs });
    const claimed = await this.#scratch.claimRuns({
      now: this.#from,
      node: 'history',
      lease_ms: 0,
      caps: UNCAPPED,
      tokens: runs.map(() => `history-${(this.#tokens += 1)}`),
    });
    return new Map(claimed.map((claim) => [claim.run.id, claim.token]));
  }

  /** One run that stands for use that is known only as a sum. */
  async #insertSpending(automation: Automation, spending: Spending): Promise<void> {
    if (spending.tokens <= 0 && spending.cost_usd <= 0) return;
    const at = this.#from;
    const id = `run_before_${automation.id}`;
    const usage: RunUsage = { input_tokens: Math.round(spending.tokens), cost_usd: spending.cost_usd };
    await this.#insertFinished(automation, [
      // Canceled: it is no acceptance of its own.
      { id, fire_id: id, status: 'canceled', attempt: 1, kind: 'manual', created_at: at, ended_at: at, usage },
    ]);
  }

  /** What everything else used today, as the day's budget knows it. */
  async #copyOtherSpending(copied: Spending): Promise<void> {
    const since = dailySince({ daily: this.#settings.daily, now: this.#from });
    if (since === null) return;
    const rest = less(await this.#real.readSpending({ since }), copied);
    const carrier = carrierOfSpending(this.#from);
    const placeCursor: PlaceCursor = () => ({ cursor: emptyCursor(carrier.id), runs: [] });
    await this.#scratch.createAutomation({ now: this.#from, automation: carrier, placeCursor });
    await this.#insertSpending(carrier, rest);
  }

  async #readUnfinished(): Promise<{ running: Run[]; waiting: Run[] }> {
    const running: Run[] = [];
    for (let cursor: string | undefined; running.length < UNFINISHED_MAX;) {
      const query = { status: 'running' as const, limit: RUNS_PAGE, ...(cursor === undefined ? {} : { cursor }) };
      const page = await this.#real.listRuns({ query });
      for (const run of page.items) if (await this.#isKnown(run)) running.push(run);
      if (page.next_cursor === undefined) break;
      cursor = page.next_cursor;
    }
    const waiting: Run[] = [];
    for (const run of await this.#real.listWaiting({ limit: UNFINISHED_MAX })) {
      if (await this.#isKnown(run)) waiting.push(run);
    }
    return { running, waiting };
  }

  /** Triggers and disabled jobs come along, switched off, for what they have unfinished. */
  async #isKnown(run: Run): Promise<boolean> {
    const id = automationIdOf(run);
    if (this.#automations.has(id)) return true;
    const record =
      run.job_id === undefined ? await this.#real.getTrigger({ id }) : await this.#real.getJob({ id: run.job_id });
    if (record === undefined || record.unreadable !== undefined) return false;
    await this.#define(asSimulated(record.automation, false), emptyCursor(id));
    return true;
  }

  /** First in the queue, whatever their priority: they have their slots already. */
  async #copyRunning(running: readonly Run[]): Promise<void> {
    for (const run of running) {
      const { automation } = this.#automations.get(automationIdOf(run))!;
      const first = { ...newRun(run), exclusive: false, priority: Number.MAX_SAFE_INTEGER, available_at: this.#from };
      await accept(this.#scratch, { automation, now: run.created_at, runs: [first] });
    }
  }
}

const UNCAPPED: ClaimCaps = { total: Number.MAX_SAFE_INTEGER, per_agent: {}, per_workspace: 0, held: [] };

async function accept(scratch: Store, p: { automation: Automation; now: EpochMs; runs: NewRun[] }): Promise<void> {
  await scratch.acceptRuns({
    now: p.now,
    automation_id: p.automation.id,
    daily_since: null,
    decide: () => ({ runs: p.runs, cancellations: [] }),
  });
}

export function automationIdOf(run: Run): string {
  return run.job_id ?? run.trigger_id ?? '';
}

/** Small, with nothing in it that an expected agent could fail, and at home on the one node that is simulated. */
function asSimulated<A extends Automation>(automation: A, enabled: boolean): A {
  const { description: _description, tags: _tags, success: _success, node_labels: _labels, ...rest } = automation;
  const prompt = automation.prompt.trim() === '' ? automation.prompt : 'As expected.';
  return { ...(rest as A), enabled, prompt };
}

function emptyCursor(jobId: string): Cursor {
  return {
    job_id: jobId,
    catch_up_policy: 'skip_missed',
    misfire_grace_seconds: 0,
    consecutive_resume_failures: 0,
    misfire_count: 0,
    updated_at: 0,
  };
}

function carrierOfSpending(now: EpochMs): Job {
  return {
    id: 'job_all_others',
    scope: 'global',
    name: '(all others)',
    agent_name: '(all others)',
    prompt: 'As expected.',
    enabled: false,
    retry: { strategy: 'none', max_retries: 0, base_delay: '' },
    fire_limit: { max: 1, window: '1h' },
    source: 'dynamic',
    created_at: now,
    updated_at: now,
  };
}

/** The row as it was accepted; a retry counts against the fire limit from when it was due. */
function newRun(run: Run): NewRun {
  const availableAt = run.available_at ?? run.created_at;
  return {
    id: run.id,
    fire_id: run.fire_id ?? run.id,
    attempt: run.attempt,
    kind: run.kind,
    status: 'scheduled',
    available_at: availableAt,
    accepted_at: run.attempt > 1 ? availableAt : run.created_at,
    priority: 0,
    exclusive: false,
    catch_up: false,
    ...(run.scheduled_at === undefined ? {} : { scheduled_at: run.scheduled_at }),
    ...(run.actor === undefined ? {} : { actor: run.actor }),
    ...(run.kind === 'schedule' ? {} : { prompt: 'As expected.' }),
  };
}

function waitingRun(run: Run, automation: Automation): NewRun {
  const waiting = newRun(run);
  const queueTimeoutMs = queueTimeoutMsOf(automation);
  // As decideFires gives it; retries and what somebody asked for never expire.
  const expires = run.kind === 'schedule' && run.attempt === 1 && queueTimeoutMs !== null;
  return {
    ...waiting,
    priority: priorityOf(automation),
    exclusive: isExclusive(overlapOf(automation)),
    ...(expires ? { expires_at: waiting.available_at + queueTimeoutMs } : {}),
  };
}

/** A finished run that a fire limit or a budget may still look back on. */
function countsAfterwards(run: Run): boolean {
  if (run.ended_at === undefined) return false;
  return run.status !== 'canceled' || run.usage !== undefined;
}

function withoutUsage(run: Run): Run {
  const { usage: _usage, ...rest } = run;
  return rest;
}

function totalOf(runs: readonly Run[]): Spending {
  return runs.reduce((total, run) => sum(total, spendingOf(run.usage)), { tokens: 0, cost_usd: 0 });
}

export function sum(a: Spending, b: Spending): Spending {
  return { tokens: a.tokens + b.tokens, cost_usd: a.cost_usd + b.cost_usd };
}

function less(a: Spending, b: Spending): Spending {
  return { tokens: Math.max(0, a.tokens - b.tokens), cost_usd: Math.max(0, a.cost_usd - b.cost_usd) };
}
