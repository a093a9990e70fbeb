import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JSON_DEPTH_MAX, parseJsonText } from './json-text.ts';

const reads = (text: string, value: unknown): void => expect(parseJsonText(text)).toEqual({ ok: true, value });
const refuses = (text: string, reason: string | RegExp): void =>
  expect(parseJsonText(text)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('parseJsonText', () => {
  it('reads every kind of value', () => {
    reads('null', null);
    reads(' true\n', true);
    reads('-12.5e+2', -1250);
    reads('0', 0);
    reads('"a\\u00e9\\n\\"\\\\"', 'aé\n"\\');
    reads('[]', []);
    reads('[1, [2], {"a": {}}]', [1, [2], { a: {} }]);
    reads('{"constructor": 1, "toString": 2}', { constructor: 1, toString: 2 });
  });

  it('agrees with JSON.parse on every document', () => {
    // The reader refuses `__proto__` and half surrogates on purpose.
    const document = fc.json({ maxDepth: 8 }).filter((text) => !text.includes('__proto__') && text.isWellFormed());
    fc.assert(
      fc.property(document, (text) => {
        reads(text, JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  it('takes nothing that JSON.parse refuses', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('{}[],:"\\0 1-.eEtruefalsn')), maxLength: 12 }),
        (text) => {
          let valid = true;
          try {
            JSON.parse(text);
          } catch {
            valid = false;
          }
          if (!valid) expect(parseJsonText(text).ok).toBe(false);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('says where a mistake is', () => {
    refuses('', /empty \(line 1, column 1\)/);
    refuses('{"a": 1,}', /a name in quotes is expected, not "}" \(line 1, column 9\)/);
    refuses('{\n  "a": x\n}', /a value is expected, not "x" \(line 2, column 8\)/);
    refuses('{"a" 1}', /":" is expected/);
    refuses('[1 2]', /"," or "]" is expected, not "2"/);
    refuses('{} {}', /follows the end/);
    refuses('"abc', /a string has no end \(line 1, column 1\)/);
    refuses('"a\nb"', /unescaped control character/);
    refuses('"\\x"', /unknown escape/);
    refuses('01', /"1" follows the end/);
    refuses('+1', /a value is expected/);
    refuses('.5', /a value is expected/);
    refuses('1e999', /too large/);
    refuses('nul', /a value is expected/);
    refuses("{'a': 1}", /a name in quotes/);
    refuses('😀', /not "😀"/);
  });

  it('refuses nesting that could overflow whoever walks the value', () => {
    reads(nested(JSON_DEPTH_MAX), JSON.parse(nested(JSON_DEPTH_MAX)));
    refuses(nested(JSON_DEPTH_MAX + 1), /nested deeper/);
    refuses('['.repeat(500_000), /nested deeper/);
    refuses('{"a":'.repeat(100_000), /nested deeper/);
  });

  it('refuses a name that stands twice, and the name that is a prototype', () => {
    refuses('{"enabled": true, "enabled": false}', /"enabled" stands twice \(line 1, column 19\)/);
    refuses('{"\\u0061": 1, "a": 2}', /"a" stands twice/);
    refuses('{"__proto__": {"admin": true}}', /"__proto__" is not taken/);
    refuses('{"\\u005f_proto__": 1}', /"__proto__" is not taken/);
  });

  it('refuses half a surrogate pair, which no UTF-8 can store', () => {
    refuses('"\\ud83d"', /half a surrogate pair/);
    reads('"\\ud83d\\ude00"', '😀');
  });

  it('reads a megabyte of one string', () => {
    const text = 'x'.repeat(1024 * 1024);
    reads(JSON.stringify(text), text);
  });
});
