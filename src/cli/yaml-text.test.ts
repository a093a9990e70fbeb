import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { yamlText } from './yaml-text.ts';

it('objects, lists and lists of objects are blocks', () => {
  expect(
    yamlText({
      jobs: [
        { name: 'a', tags: ['x', 'z'], retry: { max: 3 } },
        { name: 'b', tags: [] },
      ],
      next: null,
    }),
  ).toBe(
    [
      'jobs:',
      '  - name: a',
      '    tags:',
      '      - x',
      '      - z',
      '    retry:',
      '      max: 3',
      '  - name: b',
      '    tags: []',
      'next: null',
      '',
    ].join('\n'),
  );
});

it('what could be read as something else stands in quotes', () => {
  const check = (text: string, written: string): void => expect(yamlText(text)).toBe(`${written}\n`);
  check('every weekday', 'every weekday');
  check('yes', '"yes"');
  check('Null', '"Null"');
  check('0 9 * * 1-5', '"0 9 * * 1-5"');
  check('12:30', '"12:30"');
  check('a: b', '"a: b"');
  check('a\nb', '"a\\nb"');
  check('', '""');
  check('- x', '"- x"');
});

it('any JSON value reads back as itself, with the rules of YAML 1.1 and 1.2', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      for (const version of ['1.1', '1.2'] as const) expect(parse(yamlText(plain), { version })).toEqual(plain);
    }),
  );
});
