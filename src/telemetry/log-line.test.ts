import { expect, test } from 'vitest';
import type { Happening } from '../events/happening.ts';
import type { Run } from '../model/run.ts';
import { logLine } from './log-line.ts';

const run = (parts: Partial<Run> = {}): Run => ({
  id: 'run_1',
  job_id: 'job_1',
  fire_id: 'fire_1',
  status: 'completed',
  attempt: 1,
  kind: 'schedule',
  created_at: 1_000,
  prompt: 'the secret plan',
  output: 'the secret answer',
  ...parts,
});

function check(happening: Happening, expected: object): void {
  expect(logLine(happening)).toMatchObject(expected);
}

test('a finished run says how it ended, how long it took and what it cost, and nothing of what was said', () => {
  const ended = run({
    started_at: 2_000,
    ended_at: 3_500,
    usage: { input_tokens: 7, output_tokens: 3, cost_usd: 0.5 },
  });
  const line = logLine({ type: 'run.finished', at: 3_500, run: ended, will_retry: false });
  expect(line).toEqual({
    level: 'info',
    event: 'run.finished',
    fields: {
      run_id: 'run_1',
      fire_id: 'fire_1',
      job_id: 'job_1',
      kind: 'schedule',
      attempt: 1,
      status: 'completed',
      duration_ms: 1_500,
      input_tokens: 7,
      output_tokens: 3,
      cost_usd: 0.5,
      will_retry: false,
    },
  });
});

test('failures warn, services that fail are errors, what is said by the second is for debugging', () => {
  const failed = run({ status: 'failed', reason: 'timeout', error: 'too long' });
  check(
    { type: 'run.finished', at: 1, run: failed, will_retry: true },
    { level: 'warn', fields: { reason: 'timeout' } },
  );
  check({ type: 'service.failed', at: 1, service: 'engine', error: 'disk full' }, { level: 'error' });
  check({ type: 'automation.paused', at: 1, automation_id: 'job_1', detail: 'x' }, { level: 'warn' });
  check({ type: 'run.claimed', at: 1, run: run({ status: 'running' }) }, { level: 'debug' });
});

test('of a transcript only the number of entries is logged', () => {
  const entries = [{ seq: 1, at: 1, kind: 'message' as const, text: 'private' }];
  const line = logLine({ type: 'transcript.appended', at: 1, run_id: 'run_1', session_id: 's', entries });
  expect(line).toEqual({
    level: 'debug',
    event: 'transcript.appended',
    fields: { run_id: 'run_1', session_id: 's', entries: 1 },
  });
});

test('a page of an error is cut', () => {
  const { fields } = logLine({ type: 'service.failed', at: 1, service: 'api', error: 'x'.repeat(10_000) });
  expect(String(fields['error']).length).toBeLessThan(3_000);
});

test('a task says whose it is and what became of it, and nothing of the work', () => {
  const task = {
    id: 'task_1',
    title: 'the secret plan',
    description: 'the secret plan',
    status: 'failed' as const,
    priority: 0,
    run_id: 'run_1',
    created_by: 'automation:job_1',
    created_at: 1_000,
    updated_at: 2_000,
    task_run: { id: 'trun_1', idempotency_key: 'k', claims: 2, lapses: 1, claimed_by: 'ada', error: 'no way' },
  };
  const line = logLine({ type: 'task.finished', at: 2_000, task });
  expect(line).toEqual({
    level: 'warn',
    event: 'task.finished',
    fields: {
      task_id: 'task_1',
      status: 'failed',
      run_id: 'run_1',
      created_by: 'automation:job_1',
      claimed_by: 'ada',
      error: 'no way',
      claims: 2,
      lapses: 1,
    },
  });
});
