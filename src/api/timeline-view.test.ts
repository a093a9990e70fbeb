import { describe, expect, it } from 'vitest';
import type { Run } from '../model/run.ts';
import { comingMarksOf, marksOf } from './timeline-view.ts';

const minute = 60_000;
const noon = Date.UTC(2026, 10, 22, 12);
let count = 0;

function run(at: number, parts: Partial<Run> = {}): Run {
  count += 1;
  const started =
    parts.status === 'canceled' || parts.status === 'scheduled' ? {} : { started_at: at, ended_at: at + 1_000 };
  return {
    id: `run_${count}`,
    status: 'completed',
    attempt: 1,
    kind: 'schedule',
    created_at: at,
    scheduled_at: at,
    ...started,
    ...parts,
  };
}

const shown = (runs: readonly Run[]): string[] =>
  marksOf(runs, { now: noon, stepMs: 10 * minute }).map(
    ({ from_at, to_at, status, count: many }) => `${from_at.slice(11, 19)} ${to_at.slice(11, 19)} ${status} ${many}`,
  );

describe('marks', () => {
  it('runs of one outcome within a step are one mark', () => {
    const runs = [run(noon - 9 * minute), run(noon - 5 * minute), run(noon - 7 * minute, { status: 'failed' })];
    expect(shown(runs)).toEqual(['11:51:00 11:55:01 completed 2', '11:53:00 11:53:01 failed 1']);
  });

  it('a run longer than a step stands for itself, and one that has not ended reaches to now', () => {
    const long = run(noon - 30 * minute, { ended_at: noon - 15 * minute });
    const { ended_at: _, ...open } = run(noon - 30 * minute, { status: 'running' });
    expect(shown([long, open])).toEqual(['11:30:00 11:45:00 completed 1', '11:30:00 12:00:00 running 1']);
  });

  it('a missed range has its width and its count', () => {
    const missed = { count: 7, first: noon - 7 * 60 * minute, last: noon - 60 * minute };
    expect(shown([run(noon - 30 * minute, { status: 'canceled', reason: 'misfire', missed })])).toEqual([
      '05:00:00 11:00:00 canceled 7',
    ]);
  });

  it('a waiting run stands where its waiting ends', () => {
    const waiting = run(noon - minute, { status: 'scheduled', available_at: noon + 5 * minute });
    expect(shown([waiting])).toEqual(['12:05:00 12:05:00 scheduled 1']);
  });
});

it('coming instants of a step are one mark, with the first note', () => {
  const fire = (at: number, note?: string) => ({
    at,
    local: '',
    offset: '',
    zone: 'UTC',
    ...(note === undefined ? {} : { note }),
  });
  const marks = comingMarksOf([fire(noon), fire(noon + minute, 'The clock changes.'), fire(noon + 11 * minute)], {
    stepMs: 10 * minute,
  });
  expect(marks.map((mark) => [mark.count, mark.note])).toEqual([
    [2, 'The clock changes.'],
    [1, undefined],
  ]);
});
