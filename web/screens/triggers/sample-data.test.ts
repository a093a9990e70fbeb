import { expect, it } from 'vitest';
import { sampleData } from './sample-data.ts';

const check = (prompt: string, filter: Record<string, string>, data: Record<string, unknown>): void =>
  expect(sampleData({ prompt, filter })).toEqual(data);

it('holds what the prompt prints', () =>
  check('Validate {{ index .Data "sha" }} on {{ .Data.branch }}.', {}, { branch: 'sample', sha: 'sample' }));
it('matches the filter', () => check('', { 'data.action': 'deploy', kind: 'webhook' }, { action: 'deploy' }));
it('nests as the paths do', () =>
  check('{{ .Data.pull.number }}', { 'data.pull.state': 'open' }, { pull: { number: 'sample', state: 'open' } }));
it('takes a dangerous name for a name', () => {
  const data = sampleData({ prompt: '', filter: { 'data.__proto__.x': '1' } });
  expect(Object.keys(data)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});
