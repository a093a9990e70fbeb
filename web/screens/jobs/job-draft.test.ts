import { expect, it } from 'vitest';
import { validateJob } from '../../../src/model/validation/job.ts';
import { bodyOf, newDraft, specOf } from './job-draft.ts';

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
