// A history that is counted in several steps; the meaning of the bounds is in the contract suite.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Connection } from './connection.ts';
import { migrate } from './migrate.ts';
import { allMigrations } from './migrations/all-migrations.ts';
import { pruneRuns } from './retention.ts';

const RUNS = 45_000;

let folder: string;
let connection: Connection;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rouse-retention-'));
  connection = new Connection(path.join(folder, 'test.db'));
  migrate(connection, allMigrations);
  // In pairs of one instant, so that the border between two steps runs through a pair.
  connection.run(
    `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ?)
    insert into runs (id, automation_id, automation_kind, fire_id, attempt, status, kind, priority, exclusive, catch_up,
      agent_name, workspace_id, created_at, available_at, accepted_at, started_at, ended_at)
    select 'run_' || n, 'job_a', 'job', 'fire_' || n, 1, case n % 3 when 0 then 'failed' else 'completed' end, 'schedule',
      0, 1, 0, 'nobody', '', n / 2, n / 2, n / 2, n / 2, n / 2 from numbers`,
    RUNS,
  );
});
afterEach(() => {
  connection.close();
  rmSync(folder, { recursive: true, force: true });
});

const prune = (count: number): { runs: number; more: boolean } =>
  pruneRuns(connection, { before: null, count_max: count, keep_since: RUNS, limit: 500 });

test('a count that takes several steps ends where one step would have ended', () => {
  // Of the pair that the border runs through both stay, because they came at one instant.
  const kept = 41_000;
  let deleted = 0;
  let counting = 0;
  for (let answer = prune(kept); ; answer = prune(kept)) {
    deleted += answer.runs;
    if (answer.runs === 0) counting += 1;
    if (!answer.more) break;
  }
  expect(deleted).toBe(RUNS - kept - 1);
  // Twice twenty thousand were counted before the last thousand.
  expect(counting).toBeGreaterThanOrEqual(2);
  expect(prune(kept)).toEqual({ runs: 0, more: true });
});

test('fewer than the bound stay as they are', () => {
  const answers = [1, 2, 3].map(() => prune(RUNS + 1));
  expect(answers.map(({ more }) => more)).toEqual([true, true, false]);
  expect(connection.one('select count(*) as count from runs')).toEqual({ count: RUNS });
});
