import { afterEach, expect, test } from 'vitest';
import { HappeningBus } from '../events/happening.ts';
import type { Run } from '../model/run.ts';
import { createMetrics, type MetricReadings } from './metrics.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const readings: MetricReadings = {
  counts: async () => ({ jobs: 3, triggers: 1, scheduled: 2, running: 1, bytes: 4_096 }),
  configProblems: () => 1,
  unhealthyServices: () => 0,
  lastTickAt: () => 12_000,
  paused: () => true,
};

function open(parts: Partial<MetricReadings> = {}) {
  const bus = new HappeningBus();
  const metrics = createMetrics({ bus, version: '9.9', readings: { ...readings, ...parts } });
  closing.push(() => metrics.close());
  return { bus, metrics };
}

const run = (parts: Partial<Run>): Run => ({
  id: 'run_1',
  job_id: 'job_1',
  status: 'running',
  attempt: 1,
  kind: 'schedule',
  created_at: 1_000,
  ...parts,
});

test('a fire is counted once by what became of it, with lateness, wait, duration and use', async () => {
  const { bus, metrics } = open();
  const claimed = run({ scheduled_at: 1_000, available_at: 1_000 });
  const started = { ...claimed, started_at: 1_015 };
  const usage = { input_tokens: 70, output_tokens: 30, cost_usd: 0.25 };
  bus.report({ type: 'run.created', at: 1_000, run: run({ status: 'scheduled' }) });
  bus.report({ type: 'run.claimed', at: 1_010, run: claimed });
  bus.report({ type: 'run.started', at: 1_015, run: started });
  const ended = { ...started, status: 'completed' as const, ended_at: 3_015, usage };
  bus.report({ type: 'run.finished', at: 3_015, run: ended, will_retry: false });
  const text = await metrics.render();
  expect(text).toContain('rouse_runs_total{kind="schedule",status="completed",reason=""} 1');
  expect(text).toContain('rouse_fire_lateness_seconds_sum 0.015');
  expect(text).toContain('rouse_queue_wait_seconds_sum 0.01');
  expect(text).toContain('rouse_run_duration_seconds_sum{status="completed"} 2');
  expect(text).toContain('rouse_tokens_total{direction="input"} 70');
  expect(text).toContain('rouse_cost_usd_total 0.25');
});

test('a fire that never runs is counted when its row is made', async () => {
  const { bus, metrics } = open();
  bus.report({ type: 'run.created', at: 1, run: run({ status: 'canceled', reason: 'misfire' }) });
  expect(await metrics.render()).toContain('rouse_runs_total{kind="schedule",status="canceled",reason="misfire"} 1');
});

test('what is now is read when somebody asks; what is unknown is absent', async () => {
  const { metrics } = open({ lastTickAt: () => undefined });
  const text = await metrics.render();
  expect(text).toContain('rouse_info{version="9.9"} 1');
  expect(text).toContain('rouse_jobs 3');
  expect(text).toContain('rouse_runs_waiting 2');
  expect(text).toContain('rouse_paused 1');
  expect(text).not.toMatch(/^rouse_last_tick_timestamp_seconds [1-9]/mu);
});

test('a clock that was set back makes nothing negative', async () => {
  const { bus, metrics } = open();
  bus.report({ type: 'run.claimed', at: 500, run: run({ available_at: 1_000 }) });
  expect(await metrics.render()).toContain('rouse_queue_wait_seconds_sum 0');
});
