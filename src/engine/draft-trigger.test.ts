import { expect, it } from 'vitest';
import { draftTrigger } from './draft-trigger.ts';

const draft = (written: unknown) => draftTrigger(written, { now: 0, defaults: {} });
const paths = (written: unknown) => draft(written).problems.map(({ path }) => path);

it('an empty draft is tried as far as there is something to try', () => {
  expect(draft({}).trigger).toBeUndefined();
  expect(paths({})).toContain('trigger.name');
});
it('a name, an agent and an address may come later', () => {
  const { problems, trigger } = draft({ event: 'webhook', prompt: 'Say {{ .Data.sha }}.' });
  expect(problems.map(({ path }) => path)).toContain('trigger.webhook_secret_ref');
  expect(trigger).toMatchObject({ event: 'webhook', prompt: 'Say {{ .Data.sha }}.' });
});
it('a condition that cannot be read is not tried', () => {
  const written = { event: 'run.failed', prompt: 'x', when: 'data.size >' };
  expect(draft(written).trigger).toBeUndefined();
  expect(paths(written)).toContain('trigger.when');
});
it('a finished one has no problems', () => {
  const written = { name: 'n', scope: 'global', agent_name: 'a', event: 'run.failed', prompt: 'x' };
  expect(draft(written)).toMatchObject({ problems: [], trigger: { name: 'n', event: 'run.failed' } });
});
