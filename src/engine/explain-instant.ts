/**
 * What became of an instant, and why, in one sentence and as data (the ledger). Pure: it reads rows and the history of
 * the definition, and needs no memory of its own, so it can answer for instants that never became a process.
 */
import { formatDuration } from '../model/duration.ts';
import type { EpochMs } from '../model/instant.ts';
import { formatInstant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import { isTrigger } from '../model/automation.ts';
import type { Run } from '../model/run.ts';
import type { CompiledSchedule } from '../model/schedule/next-fires.ts';
import type { AutomationChange } from '../store/account-store.ts';
import type { AutomationRecord } from '../store/definition-store.ts';

/** What an instant came to; `run` and `missed` are rows, the others say why there is none. */
export type InstantOutcome =
  | 'run'
  | 'refused'
  | 'missed'
  | 'pending'
  | 'upcoming'
  | 'disabled'
  | 'paused'
  | 'before_job'
  | 'schedule_changed'
  | 'not_an_instant'
  | 'unknown';

export interface InstantExplanation {
  job_id: string;
  at: EpochMs;
  outcome: InstantOutcome;
  /** One sentence, the same in CLI, API and page. */
  sentence: string;
  /** All attempts under the fire, or the row of the range that contains the instant. */
  runs: Run[];
  /** The nearest instants of the schedule as it stood then. */
  previous_at?: EpochMs;
  next_at?: EpochMs;
}

export function explainInstant(p: {
  record: AutomationRecord<Job>;
  at: EpochMs;
  now: EpochMs;
  /** Rows of exactly this instant. */
  runs: readonly Run[];
  /** Oldest first, up to `at`. */
  changes: readonly AutomationChange[];
  /** The instants of a definition; undefined when it cannot be scheduled. */
  scheduleOf: (job: Job) => CompiledSchedule | undefined;
}): InstantExplanation {
  const { record, at, runs } = p;
  const job = jobAt(p) ?? record.automation;
  const schedule = p.scheduleOf(job);
  const previous = schedule?.prev(at - 1) ?? undefined;
  const next = schedule?.next(at) ?? undefined;
  const known = {
    job_id: record.automation.id,
    at,
    runs: [...runs],
    ...(previous === undefined ? {} : { previous_at: previous }),
    ...(next === undefined ? {} : { next_at: next }),
  };
  return { ...known, ...verdict({ ...p, job, schedule, previous, next }) };
}

interface Verdict {
  outcome: InstantOutcome;
  sentence: string;
}

function verdict(p: {
  record: AutomationRecord<Job>;
  job: Job;
  schedule: CompiledSchedule | undefined;
  at: EpochMs;
  now: EpochMs;
  runs: readonly Run[];
  changes: readonly AutomationChange[];
  previous: EpochMs | undefined;
  next: EpochMs | undefined;
}): Verdict {
  const { at, now, record } = p;
  const when = formatInstant(at);
  const last = p.runs.at(-1);
  // A missed range contains times between its instants too: only a row of its own makes any other time an instant.
  const isInstant = p.schedule === undefined || p.schedule.prev(at) === at || last?.scheduled_at === at;
  if (last !== undefined && isInstant) return ofRows({ at, now, rows: p.runs, last });
  if (!isInstant) return notAnInstant({ ...p, when });
  if (at < record.automation.created_at) {
    return {
      outcome: 'before_job',
      sentence: `The job did not exist at ${when}; it was created at ${formatInstant(record.automation.created_at)}.`,
    };
  }
  const anchorAt = record.cursor?.anchor_at;
  if (anchorAt === at) {
    return {
      outcome: 'before_job',
      sentence: `The job was enabled at ${when}; its first instant is the one after.`,
    };
  }
  if (record.cursor?.parked_error !== undefined) {
    return { outcome: 'unknown', sentence: `The job cannot be scheduled: ${stopped(record.cursor.parked_error)}` };
  }
  if (at > now) return upcoming({ record, when });
  const off = offAt({ changes: p.changes, when });
  if (off !== undefined) return off;
  const undecided = record.cursor?.next_run_at;
  if (undecided !== undefined && undecided <= at) {
    return {
      outcome: 'pending',
      sentence: `The instant ${when} is due and not decided yet; the next tick of the daemon decides it.`,
    };
  }
  return {
    outcome: 'schedule_changed',
    sentence: `There is no row for ${when}: the schedule was changed after it, or its row was removed by the retention rules.`,
  };
}

/** Whether it was off then; an edit of something that is off already does not switch it off once more. */
function offAt(p: { changes: readonly AutomationChange[]; when: string }): Verdict | undefined {
  const lastOn = p.changes.findLastIndex((change) => change.enabled);
  const whileOff = p.changes.slice(lastOn + 1);
  const [switchedOff] = whileOff;
  if (switchedOff === undefined) return undefined;
  const paused = whileOff.findLast((change) => change.kind === 'paused');
  if (paused === undefined) {
    const since = formatInstant(switchedOff.at);
    return { outcome: 'disabled', sentence: `Nothing ran at ${p.when}: the job was disabled since ${since}.` };
  }
  const why = paused.detail ?? 'no reason recorded';
  return {
    outcome: 'paused',
    sentence: `Nothing ran at ${p.when}: the job was paused at ${formatInstant(paused.at)} (${why}).`,
  };
}

function ofRows(p: { at: EpochMs; now: EpochMs; rows: readonly Run[]; last: Run }): Verdict {
  const { last } = p;
  const when = formatInstant(p.at);
  if (last.missed !== undefined) {
    const { count, first } = last.missed;
    const range =
      count === 1
        ? ''
        : ` It is one of ${count} instants from ${formatInstant(first)} to ${formatInstant(last.missed.last)}.`;
    // The row of a limit covers instants that are still to come.
    const verb = p.at > p.now ? 'Will not run' : 'Did not run';
    return {
      outcome: 'missed',
      sentence: `${verb} at ${when} (${last.reason ?? 'canceled'}): ${stopped(last.error)}${range}`,
    };
  }
  if (last.status === 'canceled' && last.started_at === undefined) {
    return {
      outcome: 'refused',
      sentence: `Did not run at ${when} (${last.reason ?? 'canceled'}): ${stopped(last.error)}`,
    };
  }
  return { outcome: 'run', sentence: `${runSentence(last, p.rows.length)} (run ${last.id}).` };
}

/** With one full stop at the end: some errors are whole sentences, others are not. */
function stopped(text = 'no reason recorded'): string {
  return text.endsWith('.') ? text : `${text}.`;
}

function runSentence(run: Run, attempts: number): string {
  const tries = attempts > 1 ? `, attempt ${run.attempt}` : '';
  const late = lateness(run);
  switch (run.status) {
    case 'scheduled':
      return `Accepted and waiting since ${formatInstant(run.created_at)}${tries}`;
    case 'running':
      return run.permission === undefined
        ? `Running since ${formatInstant(run.started_at ?? run.created_at)}${late}${tries}`
        : `Running, and waiting for permission since ${formatInstant(run.permission.asked_at)}${tries}`;
    case 'delegated':
      return `Handed over as task ${run.task_id ?? ''}${tries}`;
    case 'completed':
      return `Completed at ${formatInstant(run.ended_at ?? run.created_at)}${late}${tries}`;
    case 'failed':
    case 'canceled':
      return `${run.status === 'failed' ? 'Failed' : 'Canceled'} at ${formatInstant(run.ended_at ?? run.created_at)}${late}${tries}, ${run.reason ?? 'no reason recorded'}: ${run.error ?? ''}`;
  }
}

/** Said from a second on: less is what starting takes. */
function lateness(run: Run): string {
  if (run.started_at === undefined || run.scheduled_at === undefined) return '';
  const lateMs = run.started_at - run.scheduled_at;
  return lateMs < 1000 ? '' : `, started ${formatDuration(BigInt(lateMs) * 1_000_000n)} late`;
}

function notAnInstant(p: { when: string; previous: EpochMs | undefined; next: EpochMs | undefined }): Verdict {
  const around = [
    p.previous === undefined ? '' : ` The one before is ${formatInstant(p.previous)}.`,
    p.next === undefined ? '' : ` The one after is ${formatInstant(p.next)}.`,
  ].join('');
  return { outcome: 'not_an_instant', sentence: `${p.when} is no instant of this job's schedule.${around}` };
}

function upcoming(p: { record: AutomationRecord<Job>; when: string }): Verdict {
  const { record } = p;
  if (!record.enabled)
    return { outcome: 'disabled', sentence: `Nothing will run at ${p.when} while the job is disabled.` };
  return { outcome: 'upcoming', sentence: `Will fire at ${p.when}.` };
}

/** The definition as it stood at `at`. */
function jobAt(p: { changes: readonly AutomationChange[] }): Job | undefined {
  const definition = p.changes.findLast((change) => change.automation !== undefined)?.automation;
  return definition === undefined || isTrigger(definition) ? undefined : definition;
}
