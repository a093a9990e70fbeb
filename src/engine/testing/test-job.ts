/** Definitions for tests: complete and valid, with only what matters written out. */
import type { Job } from '../../model/job.ts';

export function testJob(parts: Partial<Job> = {}): Job {
  return {
    id: 'job_test',
    scope: 'global',
    name: 'test',
    agent_name: 'echo',
    prompt: 'Say hello.',
    enabled: true,
    retry: { strategy: 'none', max_retries: 0, base_delay: '' },
    fire_limit: { max: 1000, window: '1h' },
    source: 'dynamic',
    created_at: 0,
    updated_at: 0,
    ...parts,
  };
}
