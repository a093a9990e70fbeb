import { expect, test } from 'vitest';
import { type OldTask, tasksToForget } from './task-pruning.ts';

const task = (seq: number, parts: Partial<OldTask> = {}): OldTask => ({
  seq,
  created_at: 1,
  ended_at: 5,
  has_run: 0,
  ...parts,
});

test('goes: finished before, and its run is gone', () => {
  const tasks = [task(1), task(2, { has_run: 1 }), task(3, { ended_at: null }), task(4, { ended_at: 10 }), task(5)];
  expect(tasksToForget(tasks, { before: 10, limit: 100 })).toEqual({ seqs: [1, 5] });
});

test('the walk goes on behind a full page of old ones, and ends at the first that is young', () => {
  expect(tasksToForget([task(1), task(2)], { before: 10, limit: 2 })).toEqual({ seqs: [1, 2], next: 2 });
  expect(tasksToForget([task(1), task(2, { created_at: 10 })], { before: 10, limit: 2 })).toEqual({ seqs: [1] });
});
