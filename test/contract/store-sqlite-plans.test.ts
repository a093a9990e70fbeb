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
import {
  FAILED,
  T0,
  accept,
  caps,
  claim,
  createJob,
  decideOne,
  finish,
  job,
  newRun,
  placeAt,
  session,
  trigger,
} from './store-fixture.ts';

/** Tables that grow with time or with what people write; a scan of any other is a scan of a handful of rows. */
const LARGE = ['runs', 'run_texts', 'cursors', 'automations', 'sessions', 'transcript_entries', 'automation_changes'];

/** Partial indexes of what is under way: reading all of one is reading what waits, or is parked, and no history. */
const SMALL = /USING (COVERING )?INDEX (runs_waiting|cursors_parked)$/;

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
    const parameters = Array.from({ length: sql.split('?').length - 1 }, () => null);
    const rows = database.prepare(`explain query plan ${sql}`).all(...parameters);
    return rows.map((row) => String(row['detail']));
  } finally {
    database.close();
  }
}

/** Takes every step once, along its usual and its unusual branches. */
async function liveThroughEverything(): Promise<void> {
  const place = placeAt(T0);
  await createJob(store, job('job_a', { budget: { tokens: 5 }, agent_name: 'a' }), T0);
  await createJob(store, job('job_b', { scope: 'workspace', workspace_id: 'ws_1', agent_name: 'b' }), T0);
  await store.createAutomation({ now: T0, automation: trigger('trg_a', { webhook_id: 'wbh_1' }), placeCursor: place });
  const config = [job('job_c', { source: 'config' })];
  for (const automations of [config, [job('job_c', { source: 'config', agent_name: 'c' })]]) {
    await store.syncAutomations({ now: T0, source: 'config', automations, keep_ids: [], placeCursor: place });
  }
  await store.setOverlay({ now: T0, id: 'job_c', enabled_override: false, placeCursor: place });
  await store.clearOverlay({ now: T0, id: 'job_c', placeCursor: place });
  await store.planFires({ now: T0, limit: 10, daily_since: T0, decide: decideOne({ prompt: 'text' }) });
  await accept(store, 'job_a', [
    newRun({ exclusive: true }),
    newRun({ exclusive: true, expires_at: T0 + 1 }),
    newRun({ available_at: T0 + 1, exclusive: true }),
  ]);
  await store.replaceCursors({ now: T0, which: 'all', placeCursor: place });
  await store.replaceCursors({ now: T0, which: 'parked', placeCursor: place });
  await store.nextWakeAt({ after: T0 });
  await claim(store, { caps: caps({ held: ['a'] }) });
  const [claimed] = await claim(store, { now: T0 + 1, caps: caps({ per_agent: { b: 1 }, per_workspace: 1 }) });
  const fence = { run_id: claimed!.run.id, token: claimed!.token };
  await store.startRun({ now: T0, ...fence, prompt: 'sent', session: session(claimed!.run.id) });
  const entries = [{ seq: 1, at: T0, kind: 'message' as const, text: 'said' }];
  await store.appendTranscript({ session_id: session(claimed!.run.id).id, entries, bytes: 1, truncated: false });
  await store.readTranscript({ session_id: session(claimed!.run.id).id, after_seq: 0, limit: 5 });
  await store.getSession({ id: session(claimed!.run.id).id });
  await store.reportUsage({ ...fence, usage: { input_tokens: 9 } });
  await store.noteDeliveryError({ now: T0, ...fence, error: 'x' });
  const permission = { title: 't', tool: 'x', options: [], asked_at: T0, deadline_at: T0 + 1 };
  await store.openPermission({ now: T0, ...fence, permission });
  await store.regainSlot({ now: T0, ...fence, caps: caps() });
  const request = { now: T0, reason: 'user', error: 'no', actor: 'user:x' } as const;
  await store.cancelRun({ ...request, run_id: claimed!.run.id });
  await store.listCancelRequests({ node: 'node-a' });
  await store.renewLeases({ now: T0, node: 'node-a', lease_ms: 1, tokens: [claimed!.token] });
  await store.listAbandoned({ now: T0, node: 'other', limit: 5 });
  await finish(store, claimed!, FAILED);
  await finish(store, claimed!, FAILED);
  await store.expireRuns({ now: T0 + 5, limit: 5 });
  for (const run of await store.listWaiting({ limit: 5 })) await store.cancelRun({ ...request, run_id: run.id });
  await store.getJob({ id: 'job_a' });
  for (const query of [
    {},
    { scope: 'global' },
    { workspace_id: 'ws_1' },
    { name: 'a' },
    { q: 'a' },
    { tag: 'x' },
  ] as const) {
    await store.listJobs({ query });
  }
  await store.listTriggers({ query: { event: 'x', source: 'dynamic' } });
  await store.listUpcoming({ until: T0, limit: 5 });
  await store.readCounts();
  await store.listAutomationChanges({ automation_id: 'job_a', until: T0, limit: 5 });
  await store.findInstantRuns({ job_id: 'job_a', scheduled_at: T0 });
  await store.readSpending({ since: T0 });
  await store.readSpending({ automation_id: 'job_a', since: T0 });
  await store.spendingFreeAt({ automation_id: 'job_a', now: T0, window_ms: 1000, tokens: 1, cost_usd: 1 });
  await store.listUsageDays({ since_day: '2026-01-01', automation_id: 'job_a', limit: 5 });
  await store.deleteWorkspace({ id: 'ws_1' });
  await store.deleteAutomation({ now: T0, id: 'job_a', actor: 'user:x' });
}

test('no step reads a large table from end to end', async () => {
  await liveThroughEverything();
  const statements = [...connection.texts].filter((text) => !/^\s*(pragma|begin|commit|rollback)/i.test(text));
  expect(statements.length).toBeGreaterThan(60);
  const large = new RegExp(`^SCAN (${LARGE.join('|')})\\b`);
  const scans = statements.flatMap((text) =>
    planOf(text)
      .filter((step) => large.test(step) && !SMALL.test(step))
      .map((step) => `${step}: ${text.trim().slice(0, 120)}`),
  );
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
