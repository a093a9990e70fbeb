// How SQLite carries the store's statements out: along indexes, whatever the tables grow to. Ten million runs make a
// statement that reads them all a standstill, and nothing but the plan shows it on a small database.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunQuery } from '../../src/model/run.ts';
import { Connection } from '../../src/store/sqlite/connection.ts';
import { migrate } from '../../src/store/sqlite/migrate.ts';
import { allMigrations } from '../../src/store/sqlite/migrations/all-migrations.ts';
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { takeEveryStep } from './every-step.ts';
import { T0 } from './store-fixture.ts';

/** Tables that grow with time or with what people write; a scan of any other is a scan of a handful of rows. */
const LARGE = [
  ...['runs', 'run_texts', 'cursors', 'automations', 'automation_changes', 'sessions', 'transcript_entries'],
  ...['activations', 'activation_verdicts', 'trigger_index', 'deliveries', 'delivery_keys', 'tasks', 'hook_calls'],
  ...['change_records', 'request_keys', 'usage_days'],
];

/**
 * Partial indexes of what is under way: reading all of one is reading what waits, or is parked, and no history; and of
 * refusals, which are bounded.
 */
const SMALL =
  /USING (COVERING )?INDEX (runs_waiting|cursors_parked|activations_matching|hook_calls_due|deliveries_refused)$/;

/** The newest of all, along the order in which they lie: no more is read than the page holds. */
function isNewestPage(sql: string, plan: readonly string[]): boolean {
  return (
    / where true order by [a-z_, ]+ desc limit \?$/.test(sql) && !plan.some((step) => step.includes('TEMP B-TREE'))
  );
}

class RecordingConnection extends Connection {
  readonly texts = new Set<string>();
  override prepare(sql: string): StatementSync {
    this.texts.add(sql);
    return super.prepare(sql);
  }
}

let folder: string;
let connection: RecordingConnection;
let store: Store;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rouse-plans-'));
  connection = new RecordingConnection(path.join(folder, 'rouse.db'));
  migrate(connection, allMigrations);
  connection.texts.clear();
  store = createSqliteStore(connection, { release: () => {} });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function planOf(sql: string): string[] {
  const database = new DatabaseSync(path.join(folder, 'rouse.db'));
  try {
    // Nothing is bound: a plan does not depend on it.
    const rows = database.prepare(`explain query plan ${sql}`).all();
    return rows.map((row) => String(row['detail']));
  } finally {
    database.close();
  }
}

test('no step reads a large table from end to end', async () => {
  await takeEveryStep(store);
  const statements = [...connection.texts].filter((text) => !/^\s*(pragma|begin|commit|rollback)/i.test(text));
  expect(statements.length).toBeGreaterThan(60);
  const large = new RegExp(`^SCAN (${LARGE.join('|')})\\b`);
  const scans = statements.flatMap((text) => {
    const plan = planOf(text);
    if (isNewestPage(text, plan)) return [];
    return plan
      .filter((step) => large.test(step) && !SMALL.test(step))
      .map((step) => `${step}: ${text.trim().slice(0, 120)}`);
  });
  expect(scans).toEqual([]);
});

const queries: [RunQuery, RegExp][] = [
  [{}, /runs_by_status/],
  [{ status: 'failed' }, /runs_by_status/],
  [{ job_id: 'job_a' }, /runs_by_automation /],
  [{ job_id: 'job_a', status: 'failed' }, /runs_by_automation /],
  [{ reason: 'overlap' }, /runs_by_reason/],
  [{ reason: 'overlap', status: 'canceled' }, /runs_by_reason/],
  [{ job_id: 'job_a', reason: 'overlap' }, /runs_by_automation_reason/],
  [{ job_id: 'job_a', reason: 'overlap', status: 'failed' }, /runs_by_automation_reason/],
  [{ since: T0, until: T0 + 1 }, /runs_by_status \(status=\? AND created_at>\? AND created_at<\?\)/],
  [{ job_id: 'job_a', since: T0 }, /runs_by_automation \(automation_id=\? AND status=\? AND created_at>\?\)/],
  [{ exclude_id: 'run_x' }, /runs_by_status/],
  [{ fire_id: 'fire_x' }, /\(fire_id=\?\)/],
];

test.each(queries)('the list of runs %j walks its index in order', async (query, index) => {
  connection.texts.clear();
  await store.listRuns({ query });
  const text = [...connection.texts].find((one) => one.startsWith('with found'));
  const plan = planOf(text!);
  const walks = plan.filter((step) => /^(SEARCH|SCAN) runs /.test(step)).slice(1);
  expect(walks.length).toBeGreaterThan(0);
  for (const step of walks) expect(step).toMatch(index);
  // Only the page itself is sorted, and the few attempts of one fire: never what the filter found.
  const sorts = plan.filter((step) => step.includes('TEMP B-TREE')).length;
  expect(sorts).toBeLessThanOrEqual(query.fire_id === undefined ? 1 : 2);
});
