import { describe, expect, test } from 'vitest';
import type { Automation } from './automation.ts';
import {
  allowsOwnEvents,
  budgetOf,
  catchUpMaxOf,
  catchUpPolicyOf,
  catchUpWindowMsOf,
  dstRuleOf,
  jitterSpreadMsOf,
  maxDelayMsOf,
  misfireGraceSecondsOf,
  overlapOf,
  pauseAfterFailuresOf,
  priorityOf,
  queueTimeoutMsOf,
  sessionOf,
  successOf,
  timeoutMsOf,
  webhookSchemeOf,
} from './effective.ts';
import { defaultFireLimitConfig } from './fire-limit-config.ts';
import type { Job } from './job.ts';
import { defaultBackoffRetryConfig, defaultRetryConfig } from './retry-config.ts';
import type { Trigger } from './trigger.ts';

const shared = {
  id: 'x',
  scope: 'global',
  name: 'x',
  agent_name: 'a',
  prompt: 'p',
  enabled: true,
  retry: defaultRetryConfig(),
  fire_limit: defaultFireLimitConfig(),
  source: 'config',
  created_at: 0,
  updated_at: 0,
} as const satisfies Automation;
const job = (more: Partial<Job> = {}): Job => ({ ...shared, schedule: { mode: 'every', interval: '1h' }, ...more });
const trigger = (more: Partial<Trigger> = {}): Trigger => ({ ...shared, event: 'webhook', ...more });
const scheduled = (more: Partial<NonNullable<Job['schedule']>>): Job =>
  job({ schedule: { mode: 'every', interval: '1h', ...more } });

describe('what an absent field means', () => {
  test('a job skips, a trigger allows', () => {
    expect(overlapOf(job())).toBe('skip');
    expect(overlapOf(trigger())).toBe('allow');
    expect(overlapOf(trigger({ overlap: 'queue' }))).toBe('queue');
  });
  test('a run lives an hour, unless another time or none is given', () => {
    expect(timeoutMsOf(job())).toBe(3_600_000);
    expect(timeoutMsOf(job({ timeout: '90s' }))).toBe(90_000);
    expect(timeoutMsOf(job({ timeout: '0' }))).toBeNull();
    expect(timeoutMsOf(job({ timeout: '0s' }))).toBeNull();
    expect(timeoutMsOf(job({ timeout: '1ns' }))).toBe(1);
  });
  test('a run may wait for ever', () => {
    expect(queueTimeoutMsOf(job())).toBeNull();
    expect(queueTimeoutMsOf(job({ queue_timeout: '2h' }))).toBe(7_200_000);
  });
  test('priority is 0, ten failures pause, 0 failures never', () => {
    expect(priorityOf(job())).toBe(0);
    expect(priorityOf(job({ priority: -3 }))).toBe(-3);
    expect(pauseAfterFailuresOf(job())).toBe(10);
    expect(pauseAfterFailuresOf(job({ pause_after_failures: 3 }))).toBe(3);
    expect(pauseAfterFailuresOf(job({ pause_after_failures: 0 }))).toBeNull();
  });
  test('missed fires are skipped after a minute', () => {
    expect(catchUpPolicyOf(job())).toBe('skip_missed');
    expect(catchUpPolicyOf(scheduled({ catch_up_policy: 'replay' }))).toBe('replay');
    expect(misfireGraceSecondsOf(job())).toBe(60);
    expect(misfireGraceSecondsOf(scheduled({ misfire_grace_seconds: 0 }))).toBe(0);
    expect(catchUpMaxOf(job())).toBe(100);
    expect(catchUpWindowMsOf(job())).toBeNull();
    expect(catchUpWindowMsOf(scheduled({ catch_up_window: '12h' }))).toBe(43_200_000);
    expect(jitterSpreadMsOf(job())).toBe(0);
    expect(jitterSpreadMsOf(scheduled({ jitter: '2m' }))).toBe(120_000);
    expect(dstRuleOf(scheduled({ dst: { overlap: 'both' } }))).toEqual({ gap: 'run_after', overlap: 'both' });
  });
  test('a delay doubles up to an hour, or up to the first delay where that is longer', () => {
    expect(maxDelayMsOf(job({ retry: defaultBackoffRetryConfig() }))).toBe(3_600_000);
    expect(maxDelayMsOf(job({ retry: { ...defaultBackoffRetryConfig(), max_delay: '5m' } }))).toBe(300_000);
    expect(maxDelayMsOf(job({ retry: { ...defaultBackoffRetryConfig(), base_delay: '2h' } }))).toBe(7_200_000);
  });
  test('a conversation is new, success is exit code 0 and some output, nothing bounds the spending', () => {
    expect(sessionOf(job())).toEqual({ mode: 'new', maxTurns: null, maxTokens: null, maxAgeMs: null });
    expect(successOf(job())).toEqual({ exitCodes: [0], output: 'required', pattern: null, file: null });
    expect(budgetOf(job())).toMatchObject({ runTokens: null, runCostUsd: null, windowMs: 86_400_000 });
    expect(budgetOf(job({ budget: { tokens: 0, cost_usd: 1.5 } }))).toMatchObject({ tokens: null, costUsd: 1.5 });
  });
  test('webhooks follow the standard, and own events do not wake', () => {
    expect(webhookSchemeOf(trigger())).toEqual({ scheme: 'standard', headers: {} });
    expect(webhookSchemeOf(trigger({ webhook_scheme: 'github' })).scheme).toBe('github');
    expect(webhookSchemeOf(trigger({ webhook_scheme: { scheme: 'timestamped', delivery_header: 'x-id' } }))).toEqual({
      scheme: 'timestamped',
      headers: { delivery_header: 'x-id' },
    });
    expect(allowsOwnEvents(trigger())).toBe(false);
  });
});
