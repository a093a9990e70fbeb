// A database of the first schema, with what ran there, brought to the second.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Connection } from '../connection.ts';
import { migrate } from '../migrate.ts';
import { readSpending } from '../spending.ts';
import { firstSchema } from './0001-first-schema.ts';
import { spendingDays } from './0002-spending-days.ts';

const DAY = Date.UTC(2026, 10, 22);
let folder: string;
let connection: Connection;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rouse-spending-days-'));
  connection = new Connection(path.join(folder, 'test.db'));
  migrate(connection, [firstSchema]);
});
afterEach(() => {
  connection.close();
  rmSync(folder, { recursive: true, force: true });
});

function addDay(day: string, automationId: string, input: number, output: number, cost: number): void {
  connection.run(
    `insert into usage_days (day, automation_id, agent_name, runs, input_tokens, output_tokens, cost_usd)
      values (?, ?, 'reviewer', 1, ?, ?, ?)`,
    day,
    automationId,
    input,
    output,
    cost,
  );
}

test('days that were added up before have their sum, and go on growing by what is added', () => {
  addDay('2026-11-21', 'job_a', 1, 2, 0.1);
  addDay('2026-11-22', 'job_a', 10, 20, 0.1);
  addDay('2026-11-22', 'job_b', 100, 200, 0.2);
  migrate(connection, [firstSchema, spendingDays]);
  expect(readSpending(connection, { since: DAY })).toEqual({ tokens: 330, cost_usd: 0.3 });
  expect(readSpending(connection, { since: DAY - 86_400_000 })).toEqual({ tokens: 333, cost_usd: 0.4 });
  addDay('2026-11-22', 'job_c', 1000, 0, 0.4);
  connection.run(`update usage_days set output_tokens = 5000, cost_usd = cost_usd + 0.3 where automation_id = 'job_c'`);
  expect(readSpending(connection, { since: DAY })).toEqual({ tokens: 6330, cost_usd: 1 });
});

test('a database without a single run is brought over as well', () => {
  migrate(connection, [firstSchema, spendingDays]);
  expect(readSpending(connection, { since: 0 })).toEqual({ tokens: 0, cost_usd: 0 });
  expect(connection.all('pragma foreign_key_check')).toEqual([]);
});

test('a pause knows the failed run that ended with it', () => {
  connection.run(
    `insert into automations (id, kind, scope, name, source, agent_name, tags, search, revision, created_at, updated_at,
      definition, paused_at, paused_error) values
      ('job_paused', 'job', 'global', 'a', 'dynamic', 'reviewer', '', '', 1, 0, 0, '{}', 5, 'too many'),
      ('job_fine', 'job', 'global', 'b', 'dynamic', 'reviewer', '', '', 1, 0, 0, '{}', null, null)`,
  );
  for (const [id, automationId, status, endedAt] of [
    ['run_1', 'job_paused', 'failed', 4],
    ['run_2', 'job_paused', 'failed', 5],
    ['run_3', 'job_paused', 'completed', 5],
    ['run_4', 'job_fine', 'failed', 5],
  ] as const) {
    connection.run(
      `insert into runs (id, automation_id, automation_kind, fire_id, attempt, status, kind, priority, exclusive, catch_up,
        agent_name, workspace_id, created_at, available_at, accepted_at, ended_at)
        values (?, ?, 'job', ?, 1, ?, 'schedule', 0, 0, 0, 'reviewer', '', 0, 0, 0, ?)`,
      id,
      automationId,
      `fire_${id}`,
      status,
      endedAt,
    );
  }
  migrate(connection, [firstSchema, spendingDays]);
  expect(connection.all('select id, paused_run from automations order by id')).toEqual([
    { id: 'job_fine', paused_run: null },
    { id: 'job_paused', paused_run: 'run_2' },
  ]);
});
