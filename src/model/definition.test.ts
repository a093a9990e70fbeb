import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { automationToWire, completeJob, completeTrigger, type DefinitionContext } from './definition.ts';
import type { Job } from './job.ts';
import type { Trigger } from './trigger.ts';
import { validateJob } from './validation/job.ts';
import { validateTrigger } from './validation/trigger.ts';

const now = Date.parse('2026-11-22T19:00:00.000Z');
const context: DefinitionContext = { source: 'config', now };
const writtenJob = {
  scope: 'global',
  name: 'nightly',
  agent_name: 'reviewer',
  prompt: ' Review. ',
  schedule: { mode: 'cron', expr: '0 9 * * *' },
};
const writtenTrigger = {
  scope: 'workspace',
  workspace_id: 'ws_1',
  name: 'Deploy: Checkout!',
  agent_name: 'deployer',
  prompt: '{{ .Kind }}',
  event: 'webhook',
  webhook_secret_ref: 'env:SECRET',
  endpoint_slug: 'deploy',
};

function jobOf(written: unknown, with_: DefinitionContext = context): Job {
  const completed = completeJob(written, with_);
  if (!completed.ok) throw new Error(JSON.stringify(completed.problems));
  return completed.automation;
}

function triggerOf(written: unknown, with_: DefinitionContext = context): Trigger {
  const completed = completeTrigger(written, with_);
  if (!completed.ok) throw new Error(JSON.stringify(completed.problems));
  return completed.automation;
}

describe('a job as written', () => {
  test('gets the defaults of what it leaves out', () => {
    expect(jobOf(writtenJob)).toEqual({
      id: expect.stringMatching(/^job_[0-9a-z]{26}$/),
      scope: 'global',
      name: 'nightly',
      agent_name: 'reviewer',
      prompt: ' Review. ',
      schedule: { mode: 'cron', expr: '0 9 * * *' },
      enabled: true,
      retry: { strategy: 'none', max_retries: 0, base_delay: '' },
      fire_limit: { max: 12, window: '1h' },
      source: 'config',
      created_at: now,
      updated_at: now,
    });
  });
  test('gets the defaults of the configuration, and keeps what it says itself', () => {
    const defaults = { fire_limit: { max: 2, window: '5m' }, catch_up_policy: 'coalesce', timeout: '10m' } as const;
    expect(jobOf(writtenJob, { ...context, defaults })).toMatchObject({
      fire_limit: { max: 2, window: '5m' },
      timeout: '10m',
      schedule: { catch_up_policy: 'coalesce' },
    });
    const own = { timeout: '0', schedule: { ...writtenJob.schedule, catch_up_policy: 'replay' } };
    expect(jobOf({ ...writtenJob, ...own }, { ...context, defaults })).toMatchObject({
      timeout: '0',
      schedule: { catch_up_policy: 'replay' },
    });
  });
  test('is trimmed, and its blank options are left out', () => {
    const job = jobOf({
      ...writtenJob,
      name: '\u0085nightly ',
      workspace_id: ' ',
      schedule: { mode: 'every', interval: ' 30m ', expr: '', jitter: '' },
      retry: { strategy: 'backoff', max_retries: 2, base_delay: ' 2s ' },
      fire_limit: { max: 1, window: ' 1h' },
      timeout: '',
      tags: ['a ', 'a', 'b'],
      success: { pattern: ' x', file: '', exit_codes: [0, 0] },
      session: { max_age: '' },
    });
    expect(job).toMatchObject({
      name: 'nightly',
      retry: { strategy: 'backoff', max_retries: 2, base_delay: '2s' },
      fire_limit: { max: 1, window: '1h' },
      tags: ['a', 'b'],
    });
    expect(job.schedule).toEqual({ mode: 'every', interval: '30m' });
    expect(job.success).toEqual({ pattern: ' x', exit_codes: [0] });
    expect(job.session).toEqual({});
    expect(job).not.toHaveProperty('workspace_id');
    expect(job).not.toHaveProperty('timeout');
  });
  test('is identified by scope, workspace and trimmed name, or by the id it is given', () => {
    expect(jobOf({ ...writtenJob, name: ' nightly ', prompt: 'other' }).id).toBe(jobOf(writtenJob).id);
    expect(jobOf({ ...writtenJob, name: 'other' }).id).not.toBe(jobOf(writtenJob).id);
    expect(jobOf(writtenJob, { ...context, id: 'job_given' }).id).toBe('job_given');
  });
  test('does not choose its own id, source and dates', () => {
    const given = { ...context, id: 'job_1', source: 'dynamic', createdAt: 5 } as const;
    const chosen = { id: 'job_x', source: 'config', created_at: 'x', updated_at: 7 };
    expect(jobOf({ ...writtenJob, ...chosen }, given)).toMatchObject({
      id: 'job_1',
      source: 'dynamic',
      created_at: 5,
      updated_at: now,
    });
  });
  test('with a task keeps the owner in its one spelling', () => {
    const task = { title: ' T ', owner: { kind: ' HUMAN ', ref: ' me ' }, network_channel: ' ops ' };
    expect(jobOf({ ...writtenJob, agent_name: '', prompt: '', task })).toMatchObject({
      agent_name: '',
      task: { title: 'T', owner: { kind: 'human', ref: 'me' }, network_channel: 'ops' },
    });
  });
  test('that is wrong comes back with all its problems', () => {
    const completed = completeJob({ ...writtenJob, name: '', promt: 'x' }, context, 'automation.jobs[2]');
    expect(completed).toMatchObject({
      ok: false,
      problems: [{ path: 'automation.jobs[2].name' }, { path: 'automation.jobs[2].promt' }],
    });
    for (const junk of [null, undefined, [], 'x', 5]) expect(completeJob(junk, context).ok).toBe(false);
  });
  test('shares nothing with the document it came from', () => {
    const document = { ...writtenJob, tags: ['a'], schedule: { ...writtenJob.schedule, dst: { gap: 'skip' } } };
    const job = jobOf(document);
    document.tags.push('b');
    document.schedule.dst.gap = 'run_after';
    expect(job).toMatchObject({ tags: ['a'], schedule: { dst: { gap: 'skip' } } });
  });
});

describe('a trigger as written', () => {
  test('of a webhook gets the half of its address that it does not name', () => {
    const trigger = triggerOf(writtenTrigger);
    expect(trigger).toMatchObject({ endpoint_slug: 'deploy', webhook_id: expect.stringMatching(/^wbh_[0-9a-z]{26}$/) });
    expect(triggerOf({ ...writtenTrigger, prompt: 'other' }).webhook_id).toBe(trigger.webhook_id);
    const named = { ...writtenTrigger, endpoint_slug: '', webhook_id: ' wbh_1 ' };
    expect(triggerOf(named)).toMatchObject({ endpoint_slug: 'deploy-checkout', webhook_id: 'wbh_1' });
    expect(triggerOf({ ...named, name: '日本' }).endpoint_slug).toBe('webhook');
  });
  test('keeps paths, references and schemes in their one spelling', () => {
    const trigger = triggerOf({
      ...writtenTrigger,
      event: ' webhook ',
      webhook_secret_ref: ' env: SECRET ',
      filter: { ' data. x': ' v ' },
      coalesce: { key: ' data.a . b', window: ' 30s' },
      webhook_scheme: { scheme: 'timestamped', signature_header: ' X-Sig ' },
      allow_own_events: false,
    });
    expect(trigger).toMatchObject({
      event: 'webhook',
      webhook_secret_ref: 'env:SECRET',
      filter: { 'data.x': ' v ' },
      coalesce: { key: 'data.a.b', window: '30s' },
      webhook_scheme: { scheme: 'timestamped', signature_header: 'X-Sig' },
      allow_own_events: false,
    });
  });
  test('of another event has no address', () => {
    const { webhook_secret_ref: _ref, endpoint_slug: _slug, ...plain } = writtenTrigger;
    const trigger = triggerOf({ ...plain, event: 'session.stopped' });
    expect(trigger).not.toHaveProperty('webhook_id');
    expect(trigger).not.toHaveProperty('endpoint_slug');
  });
});

describe('a completed definition', () => {
  const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
  const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => /[a-z]/i.test(text));
  const duration = fc.constantFrom('1s', ' 90s ', '1h30m', '0.5h');
  const shared = {
    name,
    agent_name: name,
    enabled: optional(fc.boolean()),
    retry: optional(fc.constantFrom({ strategy: 'none' }, { strategy: 'backoff', max_retries: 3, base_delay: '2s' })),
    fire_limit: optional(fc.record({ max: fc.integer({ min: 1, max: 100 }), window: duration })),
    overlap: optional(fc.constantFrom('skip', 'queue', 'queue_all', 'cancel_running', 'allow')),
    timeout: optional(fc.oneof(duration, fc.constantFrom('', '0'))),
    queue_timeout: optional(duration),
    priority: optional(fc.integer({ min: -100, max: 100 })),
    tags: optional(fc.array(name, { maxLength: 4 })),
    description: optional(fc.string({ maxLength: 50 })),
    budget: optional(fc.record({ tokens: fc.nat(), cost_usd: fc.double({ min: 0, max: 9, noNaN: true }) })),
    session: optional(fc.record({ mode: fc.constantFrom('new', 'resume'), max_turns: fc.nat() })),
    pause_after_failures: optional(fc.nat(20)),
  };
  const bound = fc.constantFrom({ scope: 'global' }, { scope: 'workspace', workspace_id: ' ws_1 ' });
  const schedule = fc.constantFrom(
    { mode: 'cron', expr: ' 0 9 * * 1-5 ', timezone: 'Europe/Paris', dst: { gap: 'skip' } },
    { mode: 'every', interval: ' 30m ', jitter: '2m', catch_up_policy: 'replay', catch_up_max: 5 },
    { mode: 'at', time: ' 2026-12-01T09:00:00+01:00 ', start_at: '2026-01-01T00:00:00Z' },
  );
  const jobs = fc.tuple(fc.record({ ...shared, prompt: name, schedule }), bound);
  const event = fc.constantFrom(
    { event: 'session.stopped', filter: { 'data.reason': 'done', ' kind ': 'x' }, when: 'true' },
    { event: 'webhook', webhook_secret_ref: 'vault:automation/a', webhook_id: 'wbh_1', webhook_scheme: 'github' },
    { event: 'ext.x', coalesce: { key: 'data.x', window: '1s' }, allow_own_events: true },
  );
  const triggers = fc.tuple(fc.record({ ...shared, prompt: fc.constant('{{ .Kind }}') }), bound, event);

  test('stays valid on the wire, and completing it again changes nothing', () => {
    fc.assert(
      fc.property(jobs, ([fields, binding]) => {
        const job = jobOf({ ...fields, ...binding });
        const wire: unknown = JSON.parse(JSON.stringify(automationToWire(job)));
        expect(validateJob(wire, 'job')).toEqual([]);
        expect(jobOf(wire, { ...context, id: job.id })).toEqual(job);
      }),
    );
    fc.assert(
      fc.property(triggers, ([fields, binding, woken]) => {
        const trigger = triggerOf({ ...fields, ...binding, ...woken });
        const wire: unknown = JSON.parse(JSON.stringify(automationToWire(trigger)));
        expect(validateTrigger(wire, 'trigger')).toEqual([]);
        expect(triggerOf(wire, { ...context, id: trigger.id })).toEqual(trigger);
      }),
    );
  });
});
