import { expect, test } from 'vitest';
import type { Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import { describeTask } from './describe-task.ts';

const job: Job = {
  id: 'job_a',
  scope: 'workspace',
  workspace_id: 'ws_a',
  name: 'review',
  agent_name: '',
  prompt: ' Look at everything. ',
  enabled: true,
  retry: { strategy: 'none', max_retries: 0, base_delay: '' },
  fire_limit: { max: 12, window: '1h' },
  source: 'dynamic',
  created_at: 0,
  updated_at: 0,
  task: {},
};
const run: Run = { id: 'run_a', status: 'scheduled', attempt: 1, kind: 'schedule', created_at: 0 };

const check = (title: string, parts: { job?: Partial<Job>; run?: Partial<Run> }, expected: object): void =>
  test(title, () => {
    expect(describeTask({ job: { ...job, ...parts.job }, run: { ...run, ...parts.run } })).toMatchObject(expected);
  });

check(
  'the title is the job’s name, the description its prompt',
  {},
  { title: 'review', description: 'Look at everything.' },
);
check(
  'what the task says comes first',
  { job: { task: { title: 'T', description: 'D' } } },
  { title: 'T', description: 'D' },
);
check(
  'a run by hand may say what is to be done this time',
  { run: { prompt: 'Only this.' } },
  { description: 'Only this.' },
);
check(
  'blank texts count as absent',
  { job: { task: { title: ' ', description: ' ' } } },
  { title: 'review', description: 'Look at everything.' },
);
check('workspace and priority are the job’s', { job: { priority: 3 } }, { workspace_id: 'ws_a', priority: 3 });
check('the key is the run’s', {}, { idempotency_key: 'run:run_a' });
check(
  'a title that is too long is cut, and says so',
  { job: { name: 'x'.repeat(600) } },
  { title: `${'x'.repeat(499)}…` },
);

test('another run makes another task, the same run the same', () => {
  const first = describeTask({ job, run });
  expect(describeTask({ job, run })).toEqual(first);
  expect(describeTask({ job, run: { ...run, id: 'run_b' } }).id).not.toBe(first.id);
});

test('a job without any words is called by its name alone', () => {
  expect(describeTask({ job: { ...job, prompt: '' }, run })).not.toHaveProperty('description');
});
