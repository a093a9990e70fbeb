import { expect, it } from 'vitest';
import { bodyOf, newTriggerDraft } from './trigger-draft.ts';

const draft = { ...newTriggerDraft('deployer'), name: 'deploys', prompt: 'Validate.' };

it('what nobody typed is not said', () => {
  expect(bodyOf(draft)).toEqual({
    name: 'deploys',
    scope: 'global',
    agent_name: 'deployer',
    event: 'webhook',
    prompt: 'Validate.',
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
