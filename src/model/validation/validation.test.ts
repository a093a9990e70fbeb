/** The order of problems, the fields beyond the reference, and what no input may do to a validator. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Problem } from '../problem.ts';
import { validateActivationEnvelope } from './envelope.ts';
import { validateFireLimitConfig } from './fire-limit.ts';
import { validateJob } from './job.ts';
import { validateRetryConfig } from './retry.ts';
import { validateRun } from './run.ts';
import { validateScheduleSpec } from './schedule.ts';
import { validateSchedulerClaim, validateSchedulerState } from './scheduler.ts';
import { validateScopeBinding } from './scope-binding.ts';
import { validateDaemonSecretRef, validateSecretRef } from './secret-ref.ts';
import { validateJobSource, validateOwnerKind, validateScope } from './single-values.ts';
import { validateJobTaskConfig, validateNetworkChannel, validateOwnership } from './task.ts';
import { validateTrigger } from './trigger.ts';
import { validateTriggerFilter } from '../filter.ts';

const limits = { retry: { strategy: 'none' }, fire_limit: { max: 1, window: '1h' }, source: 'dynamic' };
const job = {
  ...limits,
  scope: 'global',
  name: 'n',
  agent_name: 'a',
  prompt: 'p',
  schedule: { mode: 'every', interval: '1h' },
};
const trigger = { ...limits, scope: 'global', name: 'n', agent_name: 'a', prompt: 'p', event: 'session.stopped' };
const webhook = { ...trigger, event: 'webhook', endpoint_slug: 'deploy', webhook_secret_ref: 'env:SECRET' };

const places = (problems: readonly Problem[]): string[] => problems.map(({ path, code }) => `${path} ${code}`);

/** The job with these fields has exactly these problems: `path code`. */
function checkJob(more: Record<string, unknown>, ...expected: string[]): void {
  expect(places(validateJob({ ...job, ...more }, 'job')), JSON.stringify(more)).toEqual(expected);
}

function checkTrigger(more: Record<string, unknown>, ...expected: string[]): void {
  expect(places(validateTrigger({ ...trigger, ...more }, 't')), JSON.stringify(more)).toEqual(expected);
}

function checkWebhook(more: Record<string, unknown>, ...expected: string[]): void {
  expect(places(validateTrigger({ ...webhook, ...more }, 't')), JSON.stringify(more)).toEqual(expected);
}

function checkSchedule(schedule: Record<string, unknown>, ...expected: string[]): void {
  const problems = validateScheduleSpec({ mode: 'cron', expr: '0 9 * * *', ...schedule }, 's');
  expect(places(problems), JSON.stringify(schedule)).toEqual(expected);
}

describe('all problems are reported', () => {
  test('in the order of the reference, then additions, then unknown fields, wherever they stand', () => {
    const problems = validateJob(
      {
        colour: 'red',
        name: ' ',
        scope: 'team',
        schedule: { mode: 'cron', interval: '5m', timezone: 'Mars/Base', expresion: '* * * * *' },
        retry: { strategy: 'none', max_retries: 2, max_delay: '1h', dealy: 1 },
        fire_limit: { max: 0, window: 'later' },
        source: 'manual',
        priority: 'high',
        timeout: '-1s',
      },
      'job',
    );
    expect(places(problems)).toEqual([
      'job.name required',
      'job.agent_name required',
      'job.prompt required',
      'job.scope unknown_value',
      'job.source unknown_value',
      'job.schedule.expr required',
      'job.schedule.interval must_be_empty',
      'job.retry.max_retries must_be_empty',
      'job.fire_limit.max not_positive',
      'job.fire_limit.window invalid_duration',
      'job.schedule.timezone unknown_timezone',
      'job.retry.max_delay must_be_empty',
      'job.timeout not_positive',
      'job.priority wrong_type',
      'job.schedule.expresion unknown_field',
      'job.retry.dealy unknown_field',
      'job.colour unknown_field',
    ]);
  });
  test('with the nearest known name', () => {
    const messages = (problems: readonly Problem[]): string[] => problems.map(({ message }) => message);
    expect(messages(validateJob({ ...job, agent: 'x' }))).toEqual([
      'There is no such field. Did you mean "agent_name"?',
    ]);
    expect(messages(validateJob({ ...job, source: 'dinamic' }))[0]).toContain('Did you mean "dynamic"?');
    expect(messages(validateScope('Global'))[0]).toContain('Did you mean "global"?');
    expect(messages(validateJobSource('manual'))[0]).toBe(
      'The source must be one of "config", "package" or "dynamic".',
    );
  });
  test('with the value where it can be shown, cut when it is long', () => {
    expect(validateScope('team')).toMatchObject([{ value: 'team' }]);
    expect(validateScope('x'.repeat(1000))[0]?.value).toHaveLength(201);
    expect(validateScope({ a: 1 })[0]).not.toHaveProperty('value');
  });
  test('but never a secret that stands where a reference belongs', () => {
    const shown = JSON.stringify(validateTrigger({ ...webhook, webhook_secret_ref: 'whsec_hunter2' }, 't'));
    expect(shown).not.toContain('hunter2');
  });
  test('up to a bound that is itself reported', () => {
    const filter = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`bad${index}`, 'x']));
    const problems = validateTriggerFilter(filter, 'f');
    expect(problems).toHaveLength(501);
    expect(problems.at(-1)?.message).toContain('2000 problems');
  });
});

describe('a schedule', () => {
  test('has a zone that exists', () => {
    checkSchedule({ timezone: 'Europe/Paris' });
    checkSchedule({ timezone: ' ' });
    checkSchedule({ timezone: 'europe/paris' }, 's.timezone unknown_timezone');
    checkSchedule({ timezone: 5 }, 's.timezone wrong_type');
  });
  test('fires some day', () => {
    checkSchedule({ expr: '0 0 31 2 *' }, 's.expr never_fires');
    checkSchedule({ expr: ', * * * *' }, 's.expr never_fires');
    checkSchedule({ expr: '0 0 29 2 *' });
    checkSchedule({ expr: '0 0 31 2 1' });
  });
  test('has known policies within their bounds', () => {
    checkSchedule({ catch_up_policy: 'replay', misfire_grace_seconds: 0, catch_up_max: 1, catch_up_window: '12h' });
    checkSchedule({ catch_up_policy: 'all' }, 's.catch_up_policy unknown_value');
    checkSchedule({ misfire_grace_seconds: -1 }, 's.misfire_grace_seconds out_of_range');
    checkSchedule({ misfire_grace_seconds: 1.5 }, 's.misfire_grace_seconds wrong_type');
    checkSchedule({ catch_up_max: 0 }, 's.catch_up_max out_of_range');
    checkSchedule({ catch_up_max: 10_001 }, 's.catch_up_max out_of_range');
    checkSchedule({ catch_up_window: '0' }, 's.catch_up_window not_positive');
    checkSchedule({ jitter: '0' });
    checkSchedule({ jitter: '-1s' }, 's.jitter not_positive');
    checkSchedule({ jitter: 'soon' }, 's.jitter invalid_duration');
  });
  test('does not end before it starts', () => {
    checkSchedule({ start_at: '2026-01-01T00:00:00Z', end_at: '2026-01-01T00:00:00Z' });
    checkSchedule({ start_at: '2026-01-02T00:00:00Z', end_at: '2026-01-02T00:30:00+01:00' }, 's.end_at conflict');
    checkSchedule({ start_at: 'x', end_at: '2026-01-01T00:00:00Z' }, 's.start_at invalid_instant');
  });
  test('knows its rules for daylight saving', () => {
    checkSchedule({ dst: { gap: 'skip', overlap: 'both' } });
    checkSchedule({ dst: {} });
    checkSchedule({ dst: { gap: 'both', overlp: 'first' } }, 's.dst.gap unknown_value', 's.dst.overlp unknown_field');
    checkSchedule({ dst: 'skip' }, 's.dst wrong_type');
  });
});

describe('a retry policy', () => {
  const check = (retry: unknown, ...expected: string[]): void =>
    expect(places(validateRetryConfig(retry, 'r'))).toEqual(expected);
  test('has a bound that is not below its first delay', () => {
    check({ strategy: 'backoff', max_retries: 1, base_delay: '2s', max_delay: '2s' });
    check({ strategy: 'backoff', max_retries: 1, base_delay: '2s', max_delay: '1s' }, 'r.max_delay conflict');
    check({ strategy: 'backoff', max_retries: 1, base_delay: '2s', max_delay: '0' }, 'r.max_delay not_positive');
    check({ strategy: 'none', max_delay: '1h' }, 'r.max_delay must_be_empty');
  });
  test('counts only as far as numbers are exact', () => {
    check({ strategy: 'backoff', max_retries: 2 ** 53, base_delay: '2s' }, 'r.max_retries out_of_range');
  });
});

describe('what jobs and triggers may have besides', () => {
  test('times', () => {
    checkJob({ timeout: '0', queue_timeout: '2h' });
    checkJob({ timeout: '', queue_timeout: ' ' });
    checkJob({ timeout: 'never', queue_timeout: 30 }, 'job.timeout invalid_duration', 'job.queue_timeout wrong_type');
  });
  test('overlap, priority and auto-pause', () => {
    checkJob({ overlap: 'cancel_running', priority: -5, pause_after_failures: 0 });
    checkJob({ overlap: 'replace' }, 'job.overlap unknown_value');
    checkJob(
      { priority: 1e10, pause_after_failures: -1 },
      'job.priority out_of_range',
      'job.pause_after_failures out_of_range',
    );
  });
  test('a budget', () => {
    checkJob({ budget: { run_tokens: 0, run_cost_usd: 0.5, tokens: 10, cost_usd: 0, window: '24h' } });
    checkJob({ budget: { run_tokens: 1.5, cost_usd: -1, window: '0', usd: 1 } },
      'job.budget.run_tokens wrong_type', 'job.budget.cost_usd out_of_range', 'job.budget.window not_positive', 'job.budget.usd unknown_field'); // prettier-ignore
    checkJob({ budget: [] }, 'job.budget wrong_type');
  });
  test('a session', () => {
    checkJob({ session: { mode: 'resume', max_turns: 0, max_tokens: 0, max_age: '' } });
    checkJob(
      { session: { mode: 'old', max_turns: -1 } },
      'job.session.mode unknown_value',
      'job.session.max_turns out_of_range',
    );
  });
  test('a contract of success', () => {
    checkJob({ success: { exit_codes: [0, 3], output: 'optional', pattern: '^ok', file: 'out/report.md' } });
    checkJob({ success: { pattern: '', file: '' } });
    checkJob({ success: { exit_codes: [] } }, 'job.success.exit_codes out_of_range');
    checkJob({ success: { exit_codes: [0, 256, '1'] } },
      'job.success.exit_codes[1] out_of_range', 'job.success.exit_codes[2] out_of_range'); // prettier-ignore
    checkJob({ success: { pattern: '(' } }, 'job.success.pattern invalid_format');
    checkJob({ success: { pattern: 'x'.repeat(1025) } }, 'job.success.pattern out_of_range');
    for (const file of ['/etc/passwd', '../x', 'a/../../x', 'C:\\x', '\\x', 'a\\..\\x', '~/x', 'a\0b']) {
      checkJob({ success: { file } }, 'job.success.file invalid_format');
    }
    checkJob({ success: { file: 'a..b/..c' } });
  });
  test('tags and a description', () => {
    checkJob({ tags: ['nightly', 'größe'], description: 'what it is for' });
    checkJob({ tags: ['', 5, 'a\nb', 'x'.repeat(65)] },
      'job.tags[0] required', 'job.tags[1] wrong_type', 'job.tags[2] invalid_format', 'job.tags[3] out_of_range'); // prettier-ignore
    checkJob({ tags: Array.from({ length: 33 }, (_, index) => `t${index}`) }, 'job.tags out_of_range');
    checkJob({ tags: 'nightly' }, 'job.tags wrong_type');
    checkJob({ description: 'x'.repeat(4097) }, 'job.description out_of_range');
  });
  test('a task instead of a prompt, without retries', () => {
    checkJob({ agent_name: '', prompt: '', task: { owner: { kind: ' Pool ', ref: 'triage' } } });
    checkJob(
      { task: {}, retry: { strategy: 'backoff', max_retries: 1, base_delay: '1s' } },
      'job.retry.strategy conflict',
    );
    checkJob({ task: { titel: 'x', owner: { kind: 'human', ref: 'x', name: 'y' } } },
      'job.task.owner.name unknown_field', 'job.task.titel unknown_field'); // prettier-ignore
  });
});

describe('a trigger', () => {
  test('may have a condition that is not blank', () => {
    checkTrigger({ when: 'data.draft == false' });
    checkTrigger({ when: ' ' }, 't.when required');
    checkTrigger({ when: 'x'.repeat(5000) }, 't.when out_of_range');
    checkTrigger({ when: true }, 't.when wrong_type');
  });
  test('may coalesce by an envelope path', () => {
    checkTrigger({ coalesce: { key: 'data.repository', window: '30s', max_wait: '5m' } });
    checkTrigger({ coalesce: { window: '30s' } });
    checkTrigger({ coalesce: {} }, 't.coalesce.window required');
    checkTrigger({ coalesce: { key: 'repository', window: '30s' } }, 't.coalesce.key invalid_filter_path');
    checkTrigger({ allow_own_events: 'yes' }, 't.allow_own_events wrong_type');
  });
  test('of a webhook may name its scheme, by name or as a table', () => {
    checkWebhook({ webhook_scheme: 'github', webhook_previous_secret_ref: 'vault:automation/old' });
    checkWebhook({ webhook_scheme: { scheme: 'timestamped', signature_header: 'X-Sig' } });
    checkWebhook({ webhook_scheme: 'githup' }, 't.webhook_scheme unknown_value');
    checkWebhook({ webhook_scheme: 7 }, 't.webhook_scheme wrong_type');
    checkWebhook({ webhook_scheme: { scheme: 'slack' } }, 't.webhook_scheme.scheme conflict');
    checkWebhook({ webhook_scheme: { scheme: 'timestamped', delivery_header: 'a b', heder: 'x' } },
      't.webhook_scheme.delivery_header invalid_format', 't.webhook_scheme.heder unknown_field'); // prettier-ignore
    checkWebhook({ webhook_previous_secret_ref: 'plain' }, 't.webhook_previous_secret_ref invalid_secret_ref');
  });
  test('of another event has nothing of a webhook', () => {
    checkTrigger({ webhook_scheme: 'github', webhook_previous_secret_ref: 'env:X', endpoint_slug: 'a' },
      't.endpoint_slug must_be_empty', 't.webhook_previous_secret_ref must_be_empty', 't.webhook_scheme must_be_empty'); // prettier-ignore
  });
});

describe('secret references', () => {
  test('to files are for the daemon alone, and absolute', () => {
    expect(validateSecretRef('file:/run/secrets/x', 'p')).toMatchObject([{ path: 'p', code: 'invalid_secret_ref' }]);
    expect(validateDaemonSecretRef('file:/run/secrets/x')).toEqual([]);
    expect(validateDaemonSecretRef('file:C:\\secrets\\x')).toEqual([]);
    for (const ref of [
      'file:',
      'file:x',
      'file:./x',
      'file:/',
      'file:~/x',
      'file:/a\0',
      'FILE:/x',
      'hunter2',
      5,
      null,
    ]) {
      expect(validateDaemonSecretRef(ref), String(ref)).toHaveLength(1);
    }
  });
});

describe('an envelope and a run', () => {
  const envelope = { kind: 'k', scope: 'global', source: 'hook', data: {} };
  test('have their additions checked', () => {
    const check = (more: Record<string, unknown>, ...expected: string[]): void =>
      expect(places(validateActivationEnvelope({ ...envelope, ...more }, 'e'))).toEqual(expected);
    check({ id: 'evt_1', occurred_at: '2026-01-01T00:00:00Z', depth: 0 });
    check(
      { occurred_at: 5, depth: -1, knid: 1 },
      'e.occurred_at wrong_type',
      'e.depth out_of_range',
      'e.knid unknown_field',
    );
  });
  test('a run names a known reason and an ordered range', () => {
    const check = (more: Record<string, unknown>, ...expected: string[]): void =>
      expect(places(validateRun({ status: 'canceled', ...more }, 'r'))).toEqual(expected);
    const range = { first: '2026-01-01T00:00:00Z', last: '2026-01-02T00:00:00Z' };
    check({ reason: 'misfire', kind: 'schedule', missed: { count: 2, ...range }, later_field: 1 });
    check({ reason: 'misfired', kind: 'x' }, 'r.reason unknown_value', 'r.kind unknown_value');
    check(
      { missed: { count: 0, first: range.last, last: range.first } },
      'r.missed.count not_positive',
      'r.missed.last conflict',
    );
    check(
      { usage: { input_tokens: -1, cost_usd: 'x' } },
      'r.usage.input_tokens out_of_range',
      'r.usage.cost_usd wrong_type',
    );
  });
});

describe('no input', () => {
  const validators: readonly ((value: unknown, path?: string) => Problem[])[] = [
    validateJob,
    validateTrigger,
    validateRun,
    validateSchedulerState,
    validateSchedulerClaim,
    validateScheduleSpec,
    validateRetryConfig,
    validateFireLimitConfig,
    validateActivationEnvelope,
    validateJobTaskConfig,
    validateOwnership,
    validateTriggerFilter,
    validateSecretRef,
    validateDaemonSecretRef,
    validateNetworkChannel,
    validateOwnerKind,
    (value, path) => validateScopeBinding(value, value, path ?? '', 'workspace_id'),
  ];
  const fields = (
    'name scope schedule retry fire_limit task filter mode expr interval time owner success budget tags dst ' +
    'webhook_scheme coalesce data status missed usage event prompt when __proto__ constructor toString'
  )
    .split(' ')
    .concat('', ' ');
  const word = fc.constantFrom(
    'cron',
    'every',
    'at',
    'none',
    'backoff',
    'webhook',
    'global',
    '* * * * *',
    '1h',
    '{{',
    '0',
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue(),
      word,
      fc.dictionary(fc.constantFrom(...fields), tie('tree'), { maxKeys: 8 }),
      fc.array(tie('tree'), { maxLength: 3 }),
    ),
  }));

  function survives(value: unknown): void {
    for (const validate of validators) {
      for (const problem of validate(value, 'x')) {
        expect(problem.message).toMatch(/\S/);
        JSON.stringify(problem);
      }
    }
  }

  test('makes a validator throw', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }), survives),
    );
    fc.assert(fc.property(tree, survives), { numRuns: 500 });
  });
  test('is too deep or too large', () => {
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`);
    survives(deep);
    survives({ data: deep, filter: deep, schedule: deep });
    survives('x'.repeat(1_000_000));
    survives(Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`field${index}`, index])));
  });
  test('reaches a prototype', () => {
    const polluting: unknown = JSON.parse('{"__proto__": {"name": "n", "mode": "cron"}, "constructor": 1}');
    expect(places(validateScheduleSpec(polluting, 's'))).toEqual([
      's.mode unknown_value',
      's.__proto__ unknown_field',
      's.constructor unknown_field',
    ]);
    expect(({} as Record<string, unknown>)['mode']).toBeUndefined();
  });
});
