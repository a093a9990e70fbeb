import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ActivationEnvelope } from './activation-envelope.ts';
import {
  canonicalFilterPath,
  envelopeText,
  firstFilterMismatch,
  matchesFilter,
  validateTriggerFilter,
} from './filter.ts';

const envelope: ActivationEnvelope = {
  kind: 'webhook',
  scope: 'workspace',
  workspace_id: 'ws_1',
  source: 'webhook',
  data: {
    action: 'deploy',
    number: 42,
    ratio: 0.5,
    huge: 1e21,
    tiny: 1e-7,
    zero: -0,
    draft: false,
    none: null,
    labels: ['a'],
    empty: '',
    'dotted.key': 'x',
    pull_request: { number: 7, head: { ref: 'main' } },
    __proto__: { polluted: 'yes' },
  },
};

function check(path: string, wanted: string, expected: boolean): void {
  const filter = { [path]: wanted };
  expect(matchesFilter(filter, envelope), `${path} = ${wanted}`).toBe(expected);
  expect(firstFilterMismatch(filter, envelope) === undefined, `${path} = ${wanted}`).toBe(expected);
}

describe('an entry', () => {
  test('compares exactly and with case', () => {
    check('data.action', 'deploy', true);
    check('data.action', 'Deploy', false);
    check('data.action', ' deploy', false);
    check('kind', 'webhook', true);
    check('scope', 'workspace', true);
    check('source', 'hook', false);
    check('workspace_id', 'ws_1', true);
  });
  test('compares numbers and truth by their plain decimal text', () => {
    check('data.number', '42', true);
    check('data.number', '42.0', false);
    check('data.ratio', '0.5', true);
    check('data.huge', '1000000000000000000000', true);
    check('data.tiny', '0.0000001', true);
    check('data.zero', '0', true);
    check('data.draft', 'false', true);
    check('data.draft', 'False', false);
  });
  test('follows dots into objects, and only into objects', () => {
    check('data.pull_request.number', '7', true);
    check('data.pull_request.head.ref', 'main', true);
    check('data.labels.0', 'a', false);
    check('data.action.length', '6', false);
    check('data.dotted.key', 'x', false);
  });
  test('never matches null, a list, an object or what is not there', () => {
    check('data.none', 'null', false);
    check('data.labels', 'a', false);
    check('data.pull_request', '[object Object]', false);
    check('data.missing', 'undefined', false);
    check('data.missing.deeper', 'x', false);
  });
  test('never sees what an object inherits', () => {
    check('data.toString', 'x', false);
    check('data.constructor.name', 'Object', false);
    check('data.polluted', 'yes', false);
  });
  test('does not mind space around the path and its segments', () => {
    check(' kind ', 'webhook', true);
    check(' data.pull_request. head .ref', 'main', true);
    expect(canonicalFilterPath(' data.a . b ')).toBe('data.a.b');
  });
});

describe('a filter', () => {
  test('matches when all entries do, and always when there are none', () => {
    expect(matchesFilter({ kind: 'webhook', 'data.number': '42' }, envelope)).toBe(true);
    expect(matchesFilter({ kind: 'webhook', 'data.number': '43' }, envelope)).toBe(false);
    expect(matchesFilter({}, envelope)).toBe(true);
    expect(matchesFilter(undefined, envelope)).toBe(true);
  });
  test('says which entry failed, and why', () => {
    const why = (filter: Record<string, string>): unknown => firstFilterMismatch(filter, envelope);
    expect(why({ kind: 'webhook', 'data.action': 'test' })).toEqual({
      path: 'data.action',
      wanted: 'test',
      found: 'deploy',
      why: 'different',
      message: 'data.action is "deploy", not "test"',
    });
    expect(why({ 'data.gone': 'x' })).toMatchObject({ why: 'missing', message: 'data.gone is not in the event' });
    expect(why({ 'data.labels': 'x' })).toMatchObject({ why: 'not_comparable' });
    expect(why({ 'data.none': 'x' })).toMatchObject({ why: 'not_comparable', message: /null/ });
  });
  test('agrees with its own explanation on any data', () => {
    const data = fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.jsonValue());
    const path = fc.constantFrom('data.a', 'data.b', 'data.a.b', 'data.__proto__', 'kind');
    fc.assert(
      fc.property(data, path, fc.oneof(fc.string(), fc.constantFrom('1', 'true', 'null')), (values, at, wanted) => {
        const of = { ...envelope, data: values as Record<string, unknown> };
        const filter = { [at]: wanted };
        expect(matchesFilter(filter, of)).toBe(firstFilterMismatch(filter, of) === undefined);
        const text = envelopeText(of, at);
        if (text !== undefined) expect(matchesFilter({ [at]: text }, of)).toBe(true);
      }),
    );
  });
});

describe('validation', () => {
  const paths = (filter: unknown): string[] => validateTriggerFilter(filter, 'f').map((problem) => problem.path);

  test('reports every wrong entry, the path first where both are wrong', () => {
    expect(paths({ kind: 'x', bad: 'y', 'data.x': ' ', '': 'z', 'data.': '' })).toEqual([
      'f["bad"]',
      'f["data.x"]',
      'f',
      'f["data."]',
      'f["data."]',
    ]);
  });
  test('refuses one path in two spellings', () => {
    expect(validateTriggerFilter({ 'data.x': '1', ' data. x': '2' }, 'f')).toMatchObject([{ code: 'conflict' }]);
  });
  test('suggests what was meant', () => {
    const message = (key: string): string => validateTriggerFilter({ [key]: 'x' }, 'f')[0]?.message ?? '';
    expect(message('Kind')).toContain('Did you mean "kind"?');
    expect(message('workspace')).toContain('Did you mean "workspace_id"?');
    expect(message('payload.agent')).toContain('data.payload');
    expect(message('data')).toContain('data.action');
  });
});
