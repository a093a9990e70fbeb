/** What becomes of the instants of each job, counted while they are simulated. */
import { spendingOf } from '../../engine/budget.ts';
import { scheduleOf } from '../../engine/place-cursor.ts';
import type { LeftOutJob, SimulatedJob } from '../../engine/simulation-report.ts';
import type { Happening } from '../../events/happening.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Run, RunReason } from '../../model/run.ts';
import type { CompiledSchedule } from '../../model/schedule/next-fires.ts';
import type { Spending } from '../../store/account-store.ts';
import type { PlannedFire } from '../../store/cursor-store.ts';
import { usageOfShare } from './past-runs.ts';
import type { CopiedAutomation, CopiedJob, ScratchCopy } from './scratch-copy.ts';
import { automationIdOf, sum } from './scratch-copy.ts';

type Refusal = keyof SimulatedJob['refused'];

const REFUSALS: ReadonlySet<RunReason | undefined> = new Set<Refusal>([
  'overlap',
  'fire_limit',
  'budget',
  'misfire',
  'queue_timeout',
]);

interface Count {
  job: CopiedJob;
  schedule: CompiledSchedule | undefined;
  fires: number;
  runs: number;
  refused: SimulatedJob['refused'];
  waitMsMax: number;
  waitMsSum: number;
  waits: number;
  expected: Spending;
}

interface Executing {
  automation: CopiedAutomation;
  since: EpochMs;
}

export class JobTally {
  readonly #to: EpochMs;
  readonly #timezone: string;
  readonly #from: EpochMs;
  readonly #automations: ScratchCopy['automations'];
  readonly #counts: ReadonlyMap<string, Count>;
  /** First attempts that were accepted in the simulated time and have not begun. */
  readonly #waiting = new Map<string, { count: Count; since: EpochMs }>();
  readonly #executing = new Map<string, Executing>();
  readonly #stopped: LeftOutJob[] = [];
  #others: Spending = { tokens: 0, cost_usd: 0 };
  #concurrentMax = 0;
  #rows = 0;

  constructor(p: { copy: ScratchCopy; from: EpochMs; to: EpochMs; timezone: string }) {
    this.#from = p.from;
    this.#to = p.to;
    this.#timezone = p.timezone;
    this.#automations = p.copy.automations;
    this.#counts = new Map([...p.copy.jobs].map(([id, job]) => [id, newCount(job)]));
  }

  /** Rows that planning created: the measure of how much was simulated. */
  get rows(): number {
    return this.#rows;
  }

  get concurrentMax(): number {
    return this.#concurrentMax;
  }

  planned(fire: PlannedFire): void {
    const count = this.#counts.get(fire.job_id);
    if (count === undefined) return;
    for (const run of fire.runs) this.#take(count, run);
    // A waiting run that gave way to a newer one; one that was executing has begun and stays a run.
    for (const id of fire.canceled_run_ids) if (this.#waiting.delete(id)) refuse(count, { reason: 'overlap', by: 1 });
  }

  hear(happening: Happening): void {
    if (happening.type === 'run.claimed') this.#begin(happening.run, happening.at);
    if (happening.type === 'run.finished') this.#end(happening.run);
    if (happening.type === 'automation.paused') this.#stop(happening.automation_id, happening);
    if (happening.type === 'job.parked') this.#stop(happening.job_id, happening);
  }

  /** Jobs that the engine itself would take out of the game, and when. */
  get stopped(): readonly LeftOutJob[] {
    return this.#stopped;
  }

  /**
   * At the end of the simulated time: what still waits has waited so long, and what executes has used a part.
   * `endedAt` is the last instant that was simulated.
   */
  close(p: { endedAt: EpochMs }): void {
    for (const { count, since } of this.#waiting.values()) wait(count, Math.max(0, p.endedAt - since));
    for (const { automation, since } of this.#executing.values()) {
      const share = (p.endedAt - since) / automation.expected.durationMs;
      this.#spend(automation.automation.id, spendingOf(usageOfShare(automation.expected, share)));
    }
  }

  jobs(): SimulatedJob[] {
    return [...this.#counts.values()].map((count) => ({
      job_id: count.job.automation.id,
      name: count.job.automation.name,
      fires: count.fires,
      runs: count.runs,
      refused: count.refused,
      wait_ms_max: count.waitMsMax,
      wait_ms_mean: count.waits === 0 ? 0 : count.waitMsSum / count.waits,
      duration_ms: count.job.expected.durationMs,
      samples: count.job.expected.samples,
      expected: count.expected,
    }));
  }

  /** Of the jobs, and of what else was unfinished when the simulation began. */
  expected(): Spending {
    return [...this.#counts.values()].reduce((total, count) => sum(total, count.expected), this.#others);
  }

  #take(count: Count, run: Run): void {
    this.#rows += 1;
    if (run.status === 'canceled') {
      const by = this.#instantsOf(count, run);
      count.fires += by;
      refuse(count, { reason: run.reason, by });
      return;
    }
    count.fires += 1;
    this.#waiting.set(run.id, { count, since: run.available_at ?? run.created_at });
  }

  /** A row may stand for instants beyond the end, which were not asked for. */
  #instantsOf(count: Count, run: Run): number {
    const { missed } = run;
    if (missed === undefined) return 1;
    if (missed.last <= this.#to) return missed.count;
    count.schedule ??= scheduleOf({
      job: count.job.automation,
      anchorAt: count.job.cursor.anchor_at ?? this.#from,
      timezone: this.#timezone,
    });
    return count.schedule.count(missed.first - 1, this.#to);
  }

  #begin(run: Run, at: EpochMs): void {
    const automation = this.#automations.get(automationIdOf(run));
    if (automation === undefined) return;
    this.#executing.set(run.id, { automation, since: at });
    this.#concurrentMax = Math.max(this.#concurrentMax, this.#executing.size);
    const waited = this.#waiting.get(run.id);
    if (waited === undefined) return;
    this.#waiting.delete(run.id);
    wait(waited.count, at - waited.since);
    waited.count.runs += 1;
  }

  #end(run: Run): void {
    const count = this.#counts.get(automationIdOf(run));
    const waited = this.#waiting.get(run.id);
    if (this.#executing.delete(run.id)) {
      this.#spend(automationIdOf(run), spendingOf(run.usage));
      // Claimed, and given up before anything was started: a budget that was used up while it waited.
      if (count === undefined || run.status !== 'canceled' || run.started_at !== undefined || run.attempt > 1) return;
      count.runs -= 1;
      refuse(count, { reason: run.reason, by: 1 });
    } else if (waited !== undefined && run.status === 'delegated') {
      this.#waiting.delete(run.id);
      wait(waited.count, 0);
      waited.count.runs += 1;
    } else if (waited !== undefined) {
      this.#waiting.delete(run.id);
      wait(waited.count, (run.ended_at ?? waited.since) - waited.since);
      refuse(waited.count, { reason: run.reason, by: 1 });
    }
  }

  #stop(jobId: string, p: { at: EpochMs; detail?: string }): void {
    const name = this.#counts.get(jobId)?.job.automation.name;
    if (name !== undefined) this.#stopped.push({ job_id: jobId, name, reason: p.detail ?? '', since: p.at });
  }

  #spend(automationId: string, spending: Spending): void {
    const count = this.#counts.get(automationId);
    if (count === undefined) this.#others = sum(this.#others, spending);
    else count.expected = sum(count.expected, spending);
  }
}

function newCount(job: CopiedJob): Count {
  return {
    job,
    schedule: undefined,
    fires: 0,
    runs: 0,
    refused: {},
    waitMsMax: 0,
    waitMsSum: 0,
    waits: 0,
    expected: { tokens: 0, cost_usd: 0 },
  };
}

function wait(count: Count, ms: number): void {
  count.waitMsMax = Math.max(count.waitMsMax, ms);
  count.waitMsSum += ms;
  count.waits += 1;
}

function refuse(count: Count, p: { reason: RunReason | undefined; by: number }): void {
  if (!REFUSALS.has(p.reason)) return;
  const reason = p.reason as Refusal;
  count.refused[reason] = (count.refused[reason] ?? 0) + p.by;
}
