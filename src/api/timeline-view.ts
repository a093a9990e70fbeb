/**
 * Runs and coming instants as marks on a time line. A job that runs every twenty seconds has thousands of runs a day
 * and a screen has a thousand columns, so runs of one lane and outcome that begin in the same step of time are one mark.
 */
import type { z } from 'zod';
import type { EpochMs } from '../model/instant.ts';
import { formatInstant } from '../model/instant.ts';
import { isFinished, type Run } from '../model/run.ts';
import type { FirePreview } from '../model/schedule/describe.ts';
import type { timeline } from './contract/timeline.ts';

type Timeline = z.output<typeof timeline>;
export type TimelineLane = Timeline['lanes'][number];
type Mark = TimelineLane['marks'][number];
type ComingMark = TimelineLane['coming'][number];

const SENTENCE_LENGTH_MAX = 300;

interface Span {
  from: EpochMs;
  to: EpochMs;
  run: Run;
  count: number;
}

/** Where a run lies in time: what it did, or where it would have been. */
function spanOf(run: Run, now: EpochMs): Span {
  if (run.missed !== undefined) {
    return { from: run.missed.first, to: run.missed.last, run, count: run.missed.count };
  }
  const from = run.started_at ?? waitingUntil(run) ?? run.scheduled_at ?? run.created_at;
  const to = run.started_at === undefined ? from : (run.ended_at ?? (isFinished(run.status) ? from : now));
  return { from, to: Math.max(from, to), run, count: 1 };
}

function waitingUntil(run: Run): EpochMs | undefined {
  return run.status === 'scheduled' ? run.available_at : undefined;
}

/** `runs` of one lane in any order; marks rise. */
export function marksOf(runs: readonly Run[], p: { now: EpochMs; stepMs: number }): Mark[] {
  const groups = new Map<string, Span>();
  for (const span of runs.map((run) => spanOf(run, p.now)).toSorted((a, b) => a.from - b.from)) {
    const { status, reason } = span.run;
    // What lasts longer than a step is seen as itself.
    const own = span.to - span.from > p.stepMs ? span.run.id : '';
    const key = `${Math.floor(span.from / p.stepMs)} ${status} ${reason ?? ''} ${own}`;
    const group = groups.get(key);
    groups.set(
      key,
      group === undefined
        ? span
        : { from: group.from, to: Math.max(group.to, span.to), run: span.run, count: group.count + span.count },
    );
  }
  return [...groups.values()].map(markOf);
}

function markOf({ from, to, run, count }: Span): Mark {
  const sentence = run.error?.slice(0, SENTENCE_LENGTH_MAX);
  return {
    from_at: formatInstant(from),
    to_at: formatInstant(to),
    status: run.status,
    ...(run.reason === undefined ? {} : { reason: run.reason }),
    count,
    run_id: run.id,
    ...(sentence === undefined || sentence === '' ? {} : { sentence }),
  };
}

export function comingMarksOf(fires: readonly FirePreview[], p: { stepMs: number }): ComingMark[] {
  const groups = new Map<number, { from: EpochMs; to: EpochMs; count: number; note?: string | undefined }>();
  for (const { at, note } of fires) {
    const step = Math.floor(at / p.stepMs);
    const group = groups.get(step) ?? { from: at, to: at, count: 0 };
    groups.set(step, { from: group.from, to: at, count: group.count + 1, note: group.note ?? note });
  }
  return [...groups.values()].map(({ from, to, count, note }) => ({
    from_at: formatInstant(from),
    to_at: formatInstant(to),
    count,
    ...(note === undefined ? {} : { note }),
  }));
}
