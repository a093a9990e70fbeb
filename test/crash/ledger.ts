/**
 * Holds the ledger of a daemon against what really ran (promises, section 1): every instant in exactly one row, no run
 * executed twice, nothing left running, attempts in a row without holes. Pure; the answer is a list of sentences, empty
 * when all is well.
 */
import type { ApiJob, ApiRun } from '../../src/client/client.ts';
import type { Execution } from './executions.ts';

export interface LedgerFacts {
  runs: readonly ApiRun[];
  jobs: readonly ApiJob[];
  executions: readonly Execution[];
}

export function checkLedger(facts: LedgerFacts): string[] {
  return [
    ...checkExecutions(facts),
    ...checkStates(facts),
    ...checkAttempts(facts),
    ...facts.jobs.flatMap((job) => checkGrid(job, facts.runs)),
  ];
}

function checkExecutions({ runs, executions }: LedgerFacts): string[] {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const counts = Map.groupBy(executions, ({ run_id }) => run_id);
  const twice = [...counts].flatMap(([id, list]) =>
    list.length > 1 ? [`run ${id} was executed ${list.length} times`] : [],
  );
  const unknown = executions.flatMap(({ run_id }) =>
    byId.has(run_id) ? [] : [`run ${run_id} was executed and has no row`],
  );
  const unexecuted = runs.flatMap((run) =>
    run.status === 'completed' && !counts.has(run.id) ? [`${nameOf(run)} was never executed`] : [],
  );
  const refused = runs.flatMap((run) =>
    run.missed !== undefined && counts.has(run.id)
      ? [`${nameOf(run)} stands for missed instants and was executed`]
      : [],
  );
  return [...twice, ...unknown, ...unexecuted, ...refused];
}

function checkStates({ runs }: LedgerFacts): string[] {
  return runs.flatMap((run) => {
    if (run.status === 'running' || run.status === 'scheduled') return [`${nameOf(run)} was left unfinished`];
    if (run.ended_at === undefined) return [`${nameOf(run)} has no end`];
    if (run.status !== 'completed' && run.reason === undefined) return [`${nameOf(run)} has no reason`];
    return [];
  });
}

function checkAttempts({ runs, jobs }: LedgerFacts): string[] {
  const retries = new Map(jobs.map((job) => [job.id, job.retry.max_retries]));
  return [...Map.groupBy(runs, ({ fire_id }) => fire_id ?? '')].flatMap(([fire, attempts]) => {
    const ordered = attempts.toSorted((a, b) => a.attempt - b.attempt);
    const most = 1 + (retries.get(ordered[0]?.job_id ?? '') ?? 0);
    return ordered.flatMap((run, index) => {
      const before = ordered[index - 1];
      if (run.attempt !== index + 1) return [`fire ${fire} has no or two attempts ${index + 1}`];
      if (run.attempt > most) return [`${nameOf(run)} is one attempt too many`];
      if (before !== undefined && before.status !== 'failed') return [`${nameOf(run)} follows a ${before.status} one`];
      const isLast = index === ordered.length - 1;
      const owed = run.status === 'failed' && run.attempt < most;
      return isLast && owed ? [`${nameOf(run)} failed (${run.reason}) and no retry followed`] : [];
    });
  });
}

/** The length of a grid's step, for the schedules that have one: `every`, and cron expressions of every minute. */
function stepMsOf(job: ApiJob): number | undefined {
  const { schedule } = job;
  if (schedule?.mode === 'cron') return schedule.expr === '* * * * *' ? 60_000 : undefined;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(schedule?.interval ?? '');
  const unitMs = { ms: 1, s: 1_000, m: 60_000 }[match?.[2] ?? ''];
  return match === null || unitMs === undefined ? undefined : Number(match[1]) * unitMs;
}

/** Every instant, from the first to the last that any row stands for, is in exactly one first attempt or missed range. */
function checkGrid(job: ApiJob, runs: readonly ApiRun[]): string[] {
  const rows = runs.filter((run) => run.job_id === job.id && run.kind === 'schedule' && run.attempt === 1);
  if (job.schedule?.mode === 'at') {
    return rows.length === 1 ? [] : [`${job.name}: one instant has ${rows.length} first attempts`];
  }
  const stepMs = stepMsOf(job);
  if (stepMs === undefined) return [`${job.name}: this schedule has no grid to check`];
  const ranges = rows
    .map((run) => ({
      run,
      first: ms(run.missed?.first ?? run.scheduled_at),
      last: ms(run.missed?.last ?? run.scheduled_at),
    }))
    .toSorted((a, b) => a.first - b.first);
  const [first] = ranges;
  if (first === undefined) {
    const isYoung = ms(job.scheduler?.next_run_at) <= ms(job.created_at) + stepMs;
    return isYoung ? [] : [`${job.name}: no instant has a row`];
  }
  const anchor = job.scheduler?.anchor_at;
  const late =
    job.schedule?.mode === 'every' && anchor !== undefined && first.first > ms(anchor) + stepMs
      ? [`${job.name}: the first row is for ${iso(first.first)}, the grid began at ${anchor}`]
      : [];
  const gaps = ranges.flatMap(({ run, first: from, last }, index) => {
    const before = ranges[index - 1];
    const wrongCount =
      run.missed !== undefined && run.missed.count !== (last - from) / stepMs + 1
        ? [`${nameOf(run)} stands for ${run.missed.count} instants from ${iso(from)} to ${iso(last)}`]
        : [];
    if (before === undefined || from === before.last + stepMs) return wrongCount;
    const what = from > before.last + stepMs ? 'no row' : 'two rows';
    return [...wrongCount, `${job.name}: ${what} between ${iso(before.last)} and ${iso(from)}`];
  });
  return [...late, ...gaps];
}

function nameOf(run: ApiRun): string {
  return `${run.status} run ${run.id} (job ${run.job_id}, instant ${run.scheduled_at}, attempt ${run.attempt})`;
}

const ms = (text: string | undefined): number => Date.parse(text ?? '');
const iso = (instant: number): string => new Date(instant).toISOString();
