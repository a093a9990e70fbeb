import { expect, it } from 'vitest';
import { jobInput } from '../../../src/api/contract/job.ts';
import type { ApiJob } from '../../../src/client/client.ts';
import { validateJob } from '../../../src/model/validation/job.ts';
import { bodyOf, draftOf, newDraft, specOf } from './job-draft.ts';

const draft = { ...newDraft({ timezone: 'Europe/Paris', agent: 'reviewer' }), name: 'nightly', prompt: 'Look.' };

it('what nobody typed is not said', () => {
  expect(bodyOf(draft)).toEqual({
    name: 'nightly',
    scope: 'global',
    agent_name: 'reviewer',
    prompt: 'Look.',
    schedule: { mode: 'cron', expr: '0 9 * * 1-5', timezone: 'Europe/Paris' },
    retry: { strategy: 'none', max_retries: 0, base_delay: '' },
  });
});

it('a schedule holds what belongs to its mode', () => {
  expect(specOf({ ...draft, mode: 'every', interval: '5m' })).toEqual({ mode: 'every', interval: '5m' });
  expect(specOf({ ...draft, mode: 'at', wall: '2026-12-01T09:00' })).toEqual({
    mode: 'at',
    time: '2026-12-01T08:00:00.000Z',
  });
  expect(specOf({ ...draft, mode: 'at', wall: '' })).toEqual({ mode: 'at' });
});

it('numbers are numbers, and what is none is left for the daemon to refuse', () => {
  const body = bodyOf({ ...draft, priority: '5', run_cost_usd: '0.5', limit_max: 'many', limit_window: '1h' });
  expect(body).toMatchObject({ priority: 5, budget: { run_cost_usd: 0.5 }, fire_limit: { max: 'many', window: '1h' } });
});

it('what a new form says is a job to the model', () => {
  const id = {
    id: 'job_x',
    source: 'dynamic',
    enabled: true,
    created_at: 0,
    updated_at: 0,
    fire_limit: { max: 12, window: '1h' },
  };
  expect(validateJob({ ...bodyOf(draft), ...id }, 'job').map(({ path }) => path)).not.toContain('job.schedule');
});

/** Says everything that a job can say, the switch aside, which has its own place. */
const everything = {
  name: 'nightly',
  scope: 'workspace',
  workspace_id: 'ws_1',
  agent_name: 'reviewer',
  prompt: 'Look.',
  schedule: {
    mode: 'cron',
    expr: '0 9 * * *',
    timezone: 'Europe/Paris',
    jitter: '5m',
    start_at: '2026-12-01T08:00:00.000Z',
    end_at: '2026-12-31T08:00:00.000Z',
    dst: { gap: 'skip', overlap: 'both' },
    catch_up_policy: 'replay',
    catch_up_max: 5,
    catch_up_window: '24h',
    misfire_grace_seconds: 30,
  },
  task: {
    title: 'Look',
    description: 'At it.',
    owner: { kind: 'human', ref: 'ada' },
    network_channel: 'ops',
  },
  retry: { strategy: 'backoff', max_retries: 2, base_delay: '4s', max_delay: '1m' },
  fire_limit: { max: 3, window: '2h' },
  overlap: 'queue',
  timeout: '20m',
  queue_timeout: '1h',
  priority: 4,
  node_labels: ['gpu', 'eu'],
  pause_after_failures: 0,
  budget: { run_tokens: 1000, run_cost_usd: 0.5, tokens: 9000, cost_usd: 4, window: '12h' },
  session: { mode: 'resume', max_turns: 5, max_tokens: 100, max_age: '48h' },
  success: { exit_codes: [0, 3], output: 'optional', pattern: 'done', file: 'report.md' },
  tags: ['one', 'two'],
  description: 'Why.',
} as const;

it('whatever a job can say has a field, and comes out of the form as it went in', () => {
  expect(Object.keys(everything).toSorted()).toEqual(
    Object.keys(jobInput.shape)
      .filter((name) => name !== 'enabled')
      .toSorted(),
  );
  expect(bodyOf(draftOf(everything as unknown as ApiJob, 'UTC'))).toEqual(everything);
});
