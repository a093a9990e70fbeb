import { expect, it } from 'vitest';
import { triggerInput } from '../../../src/api/contract/trigger.ts';
import type { ApiTrigger } from '../../../src/client/client.ts';
import { bodyOf, draftOf, newTriggerDraft } from './trigger-draft.ts';

const draft = { ...newTriggerDraft('deployer'), name: 'deploys', prompt: 'Validate.' };

it('what nobody typed is not said', () => {
  expect(bodyOf(draft)).toEqual({
    name: 'deploys',
    scope: 'global',
    agent_name: 'deployer',
    event: 'webhook',
    prompt: 'Validate.',
    retry: { strategy: 'none', max_retries: 0, base_delay: '' },
  });
});
it('a filter is a line per condition, and only the first equals sign parts it', () => {
  expect(bodyOf({ ...draft, filter: 'data.action = deploy\n\ndata.query=a=b' })).toMatchObject({
    filter: { 'data.action': 'deploy', 'data.query': 'a=b' },
  });
});
it('an address belongs to webhooks alone', () => {
  const typed = { ...draft, endpoint_slug: 'deploy', webhook_secret_ref: 'env:S' };
  expect(bodyOf(typed)).toMatchObject({ endpoint_slug: 'deploy', webhook_secret_ref: 'env:S' });
  expect(bodyOf({ ...typed, event: 'run.failed' })).not.toHaveProperty('endpoint_slug');
});

/** Says everything that a trigger can say, the switch aside, which has its own place. */
const everything = {
  name: 'deploys',
  scope: 'global',
  agent_name: 'deployer',
  event: 'webhook',
  prompt: 'Validate.',
  filter: { 'data.action': 'deploy' },
  when: 'data.size > 10',
  webhook_id: 'wbh_1',
  endpoint_slug: 'deploy',
  webhook_secret_ref: 'env:NEW',
  webhook_previous_secret_ref: 'env:OLD',
  webhook_scheme: {
    scheme: 'timestamped',
    timestamp_header: 'X-At',
    signature_header: 'X-Sign',
    delivery_header: 'X-Id',
  },
  coalesce: { window: '30s', key: 'data.repository', max_wait: '5m' },
  allow_own_events: true,
  retry: { strategy: 'backoff', max_retries: 2, base_delay: '4s', max_delay: '1m' },
  fire_limit: { max: 3, window: '2h' },
  overlap: 'queue',
  timeout: '20m',
  queue_timeout: '1h',
  priority: 4,
  node_labels: ['gpu', 'eu'],
  pause_after_failures: 3,
  budget: { run_tokens: 1000, run_cost_usd: 0.5, tokens: 9000, cost_usd: 4, window: '12h' },
  session: { mode: 'resume', max_turns: 5, max_tokens: 100, max_age: '48h' },
  success: { exit_codes: [0, 3], output: 'optional', pattern: 'done', file: 'report.md' },
  tags: ['one', 'two'],
  description: 'Why.',
} as const;

it('whatever a trigger can say has a field, and comes out of the form as it went in', () => {
  expect([...Object.keys(everything), 'workspace_id', 'enabled'].toSorted()).toEqual(
    Object.keys(triggerInput.shape).toSorted(),
  );
  expect(bodyOf(draftOf(everything as unknown as ApiTrigger))).toEqual(everything);
});
