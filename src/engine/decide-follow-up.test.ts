import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Job } from '../model/job.ts';
import type { Run, RunReason } from '../model/run.ts';
import type { AutomationRecord } from '../store/definition-store.ts';
import type { FollowUp, RunResult } from '../store/run-store.ts';
import { NO_SPENDING } from './budget.ts';
import { decideFollowUp, retryDelayMs } from './decide-follow-up.ts';
import { NOON } from './testing/houses.ts';
import { testJob } from './testing/test-job.ts';

const SECOND = 1000;
const backoff = { strategy: 'backoff', max_retries: 3, base_delay: '10s' } as const;

function run(parts: Partial<Run> = {}): Run {
  return {
    id: 'run_1',
    job_id: 'job_test',
    fire_id: 'fire_1',
    status: 'failed',
    attempt: 1,
    scheduled_at: NOON - SECOND,
    kind: 'schedule',
    created_at: NOON - SECOND,
    ...parts,
  };
}

function record(job: Partial<Job> = {}, parts: Partial<AutomationRecord> = {}): AutomationRecord {
  return { automation: testJob(job), revision: 1, enabled: true, consecutive_failures: 0, ...parts };
}

function follow(p: {
  job?: Partial<Job>;
  record?: AutomationRecord | null;
  run?: Partial<Run>;
  result?: Partial<RunResult>;
  accepted?: number[];
  heldUntil?: number;
}): FollowUp {
  return decideFollowUp({
    run: run(p.run),
    result: { status: 'failed', reason: 'agent_error', ...p.result },
    record: p.record === null ? undefined : (p.record ?? record(p.job)),
    facts: { unfinished: [], accepted: p.accepted ?? [], spent: NO_SPENDING, spent_today: NO_SPENDING },
    now: NOON,
    ...(p.heldUntil === undefined ? {} : { heldUntil: p.heldUntil }),
  });
}

describe('whether another attempt follows', () => {
  const table: [string, Parameters<typeof follow>[0], boolean][] = [
    ['no policy: none', {}, false],
    ['a failure is tried again', { job: { retry: backoff } }, true],
    ['the last attempt allowed', { job: { retry: backoff }, run: { attempt: 3 } }, true],
    ['beyond it none', { job: { retry: backoff }, run: { attempt: 4 } }, false],
    ['a success is not repeated', { job: { retry: backoff }, result: { status: 'completed' } }, false],
    ['canceled is not repeated', { job: { retry: backoff }, result: { status: 'canceled', reason: 'overlap' } }, false],
    ['the automation was deleted', { record: null }, false],
  ];
  test.each(table)('%s', (_title, p, retries) => {
    expect(follow(p).retry !== undefined).toBe(retries);
  });

  const never: RunReason[] = ['template', 'permission', 'budget', 'hook', 'user'];
  test.each(never)('%s is never tried again: it would end the same way', (reason) => {
    expect(follow({ job: { retry: backoff }, result: { reason } })).toEqual({ consecutive_failures: 1 });
  });

  const passing: RunReason[] = ['timeout', 'stalled', 'interrupted', 'agent_unavailable', 'no_output', 'shutdown'];
  test.each(passing)('%s is', (reason) => {
    expect(follow({ job: { retry: backoff }, result: { reason } }).retry).toBeDefined();
  });

  test('the next attempt belongs to the same fire and instant, and keeps who asked', () => {
    const { retry } = follow({ job: { retry: backoff, priority: 3, overlap: 'allow' }, run: { actor: 'user:cli' } });
    expect(retry).toMatchObject({
      fire_id: 'fire_1',
      attempt: 2,
      kind: 'schedule',
      scheduled_at: NOON - SECOND,
      actor: 'user:cli',
      priority: 3,
      exclusive: false,
      catch_up: false,
    });
  });

  test('a scheduled fire takes the prompt of the day, a manual one keeps its own', () => {
    const job = { retry: backoff };
    expect(follow({ job, run: { prompt: 'as sent' } }).retry?.prompt).toBeUndefined();
    expect(follow({ job, run: { kind: 'manual', prompt: 'as sent' } }).retry?.prompt).toBe('as sent');
  });
});

describe('the waiting time', () => {
  const delay = (attempt: number, retry: Job['retry'], id = 'run_1'): number =>
    retryDelayMs({ automation: testJob({ retry }), run: { id, attempt } });

  test('doubles with every attempt, plus less than a tenth', () => {
    const delays = [1, 2, 3, 4].map((attempt) => delay(attempt, backoff));
    for (const [index, ms] of delays.entries()) {
      const nominal = 10 * SECOND * 2 ** index;
      expect(ms).toBeGreaterThanOrEqual(nominal);
      expect(ms).toBeLessThanOrEqual(nominal * 1.1);
    }
  });

  test('is capped, an hour where nothing is written', () => {
    expect(delay(30, backoff)).toBeLessThanOrEqual(3600 * SECOND * 1.1);
    expect(delay(30, { ...backoff, max_delay: '1m' })).toBeLessThanOrEqual(66 * SECOND);
    expect(delay(1_000_000, backoff)).toBeLessThanOrEqual(3600 * SECOND * 1.1);
  });

  test('a cap below the first delay never shortens it', () => {
    expect(delay(1, { ...backoff, max_delay: '1s' })).toBeGreaterThanOrEqual(10 * SECOND);
  });

  test('is stable for a run and differs between runs', () => {
    expect(delay(1, backoff)).toBe(delay(1, backoff));
    expect(new Set(Array.from({ length: 20 }, (_, n) => delay(1, backoff, `run_${n}`))).size).toBeGreaterThan(15);
  });

  test('stays within its bounds whatever is configured', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 100 }),
        (baseMs, maxMs, attempt) => {
          const ms = delay(attempt, {
            strategy: 'backoff',
            max_retries: 99,
            base_delay: `${baseMs}ms`,
            max_delay: `${maxMs}ms`,
          });
          expect(ms).toBeGreaterThanOrEqual(baseMs);
          expect(ms).toBeLessThanOrEqual(Math.ceil(Math.max(baseMs, maxMs) * 1.1));
        },
      ),
    );
  });

  test('the fire limit defers an attempt to the instant at which a run is possible', () => {
    const job = { retry: backoff, fire_limit: { max: 1, window: '1h' } };
    const { retry } = follow({ job, accepted: [NOON - 60 * SECOND] });
    expect(retry).toMatchObject({ available_at: NOON + 3540 * SECOND, accepted_at: NOON + 3540 * SECOND });
  });
});

describe('a usage limit', () => {
  const result = { reason: 'usage_limit' } as const;

  test('waits for the account whatever the policy, and the hold is what keeps it waiting', () => {
    const { retry, consecutive_failures } = follow({ result, heldUntil: NOON + 3600 * SECOND });
    expect(retry).toMatchObject({ attempt: 2, available_at: NOON });
    expect(consecutive_failures).toBe(0);
  });

  test('until an instant that has passed waits a minute all the same', () => {
    expect(follow({ result, heldUntil: NOON - 1 }).retry?.available_at).toBe(NOON + 60 * SECOND);
    expect(follow({ result, heldUntil: NOON }).retry?.available_at).toBe(NOON + 60 * SECOND);
  });

  test('without an instant is a failure like others', () => {
    expect(follow({ result }).retry).toBeUndefined();
    expect(follow({ result, job: { retry: backoff } }).retry).toBeDefined();
  });

  test('is met at most ten times beyond the retries', () => {
    const heldUntil = NOON + 1;
    expect(follow({ result, heldUntil, run: { attempt: 10 } }).retry).toBeDefined();
    expect(follow({ result, heldUntil, run: { attempt: 11 } }).retry).toBeUndefined();
    expect(follow({ result, heldUntil, job: { retry: backoff }, run: { attempt: 13 } }).retry).toBeDefined();
  });
});

describe('failures in a row', () => {
  const counted = (p: Parameters<typeof follow>[0], before = 4): number =>
    follow({ ...p, record: record(p.job, { consecutive_failures: before }) }).consecutive_failures;

  const table: [string, Parameters<typeof follow>[0], number][] = [
    ['a fire that failed for good counts', {}, 5],
    ['one that is tried again does not yet', { job: { retry: backoff } }, 4],
    ['its last attempt does, once', { job: { retry: backoff }, run: { attempt: 4 } }, 5],
    ['canceled counts for nothing', { result: { status: 'canceled', reason: 'user' } }, 4],
    ['the end of the daemon counts for nothing', { result: { reason: 'interrupted' } }, 4],
    ['nor does a shutdown', { result: { reason: 'shutdown' } }, 4],
    ['a success begins anew', { result: { status: 'completed' } }, 0],
  ];
  test.each(table)('%s', (_title, p, count) => {
    expect(counted(p)).toBe(count);
  });

  const pauses = (job: Partial<Job>, before: number, enabled = true): string | undefined =>
    follow({ record: record(job, { consecutive_failures: before, enabled }) }).pause?.error;

  test('pause the automation when there are enough of them', () => {
    expect(pauses({ pause_after_failures: 3 }, 1)).toBeUndefined();
    expect(pauses({ pause_after_failures: 3 }, 2)).toBe('3 fires in a row failed for good (pause_after_failures: 3)');
  });

  test('ten where nothing is written, never where zero is', () => {
    expect(pauses({}, 8)).toBeUndefined();
    expect(pauses({}, 9)).toContain('10 fires in a row');
    expect(pauses({ pause_after_failures: 0 }, 1000)).toBeUndefined();
  });

  test('an automation that is off already is not paused as well', () => {
    expect(pauses({ pause_after_failures: 1 }, 5, false)).toBeUndefined();
  });
});
