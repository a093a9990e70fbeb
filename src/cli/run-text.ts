/** How a run looks in a line: symbol, colour, reason and the sentence that matters most. Shared by log, tables and details. */
import type { EpochMs } from '../model/instant.ts';

import type { RunKind, RunReason, RunStatus } from '../model/run.ts';
import type { Hue } from './paint.ts';
import { firstLine } from './paint.ts';
import { taskRemark, type TaskOutcome } from './task-text.ts';
import { localTime } from './time-text.ts';
import { elapsedText } from '../lib/span-text.ts';

export const STATUS_LOOK: Readonly<Record<RunStatus, { symbol: string; hue: Hue }>> = {
  scheduled: { symbol: '◷', hue: 'cyan' },
  running: { symbol: '▶', hue: 'blue' },
  delegated: { symbol: '→', hue: 'cyan' },
  completed: { symbol: '✓', hue: 'green' },
  failed: { symbol: '✗', hue: 'red' },
  canceled: { symbol: '⊘', hue: 'yellow' },
};

/** Of a run what a line needs, with instants as numbers: the daemon's own runs and those off the wire both fit. */
export interface RunFacts {
  status: RunStatus;
  kind: RunKind;
  attempt: number;
  reason?: RunReason | undefined;
  error?: string | undefined;
  output?: string | undefined;
  scheduled_at?: EpochMs | undefined;
  started_at?: EpochMs | undefined;
  ended_at?: EpochMs | undefined;
  available_at?: EpochMs | undefined;
  missed?: { count: number; first: EpochMs; last: EpochMs } | undefined;
  /** What became of the task of a delegated run. */
  task?: TaskOutcome | undefined;
}

/** A start this much after its instant is worth a word; less is the ordinary way of a tick. */
const LATE_MS = 5_000;

/** How long the agent worked; undefined for a run that never started or has not ended. */
export function runElapsed(run: RunFacts): string | undefined {
  if (run.started_at === undefined || run.ended_at === undefined) return undefined;
  return elapsedText(run.ended_at - run.started_at);
}

/** `2 min late`, for a scheduled run that began well after its instant. */
export function runLateness(run: RunFacts): string | undefined {
  if (run.kind !== 'schedule' || run.attempt !== 1) return undefined;
  if (run.scheduled_at === undefined || run.started_at === undefined) return undefined;
  const lateMs = run.started_at - run.scheduled_at;
  return lateMs < LATE_MS ? undefined : `${elapsedText(lateMs)} late`;
}

function missedText(missed: NonNullable<RunFacts['missed']>, timeZone?: string): string {
  if (missed.count === 1) return `missed ${localTime(missed.first, timeZone)}`;
  return `${missed.count} fires missed, ${localTime(missed.first, timeZone)} to ${localTime(missed.last, timeZone)}`;
}

/** The part after the duration: why, and what was said. */
export function runRemark(run: RunFacts, timeZone?: string): string {
  if (run.task !== undefined) {
    const remark = taskRemark(run.task);
    return `task ${run.task.status}${remark === '' ? '' : `: ${remark}`}`;
  }
  const said =
    run.status === 'completed'
      ? firstLine(run.output ?? '')
      : run.missed !== undefined
        ? missedText(run.missed, timeZone)
        : firstLine(run.error ?? '');
  const why = run.status === 'completed' ? undefined : run.reason;
  const parts = [why === undefined ? undefined : said === '' ? why : `${why}:`, said === '' ? undefined : said];
  const attempt = run.attempt > 1 ? `(attempt ${run.attempt})` : undefined;
  const late = runLateness(run);
  return [...parts, attempt, late === undefined ? undefined : `(${late})`]
    .filter((part) => part !== undefined)
    .join(' ');
}
