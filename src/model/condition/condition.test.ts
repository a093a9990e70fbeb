import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActivationEnvelope } from '../activation-envelope.ts';
import { parseCondition } from './condition.ts';

const payload = JSON.parse(`{
  "n": 7, "f": 1.5, "s": "hello", "nothing": null, "draft": false, "i": 1,
  "labels": ["urgent", "bug"], "list": [1, 2, 3], "pr": {"draft": false, "files": [{"path": "a.ts", "lines": [1, 2]}]},
  "constructor": "c", "__proto__": {"x": 1}
}`) as Record<string, unknown>;

function envelope(data: Record<string, unknown> = payload): ActivationEnvelope {
  return {
    kind: 'ext.test',
    scope: 'global',
    source: 'extension',
    data,
    id: 'evt_1',
    depth: 2,
    occurred_at: 1_000_000,
  };
}

function answer(text: string, data?: Record<string, unknown>): string {
  const parsed = parseCondition(text);
  if (!parsed.ok) return `refused: ${parsed.message}`;
  const { outcome, ...rest } = parsed.condition.evaluate(envelope(data));
  return 'error' in rest ? `error: ${rest.error}` : outcome;
}

function check(text: string, expected: string): void {
  it(`${text} → ${expected}`, () => expect(answer(text)).toContain(expected));
}

describe('a condition', () => {
  describe('reads the envelope', () => {
    check('data.pr.draft == false && "urgent" in data.labels', 'true');
    check('data.n == 7', 'true');
    check('data.n == 7.0', 'true');
    check('data.n + 1 == 8', 'true');
    check('data.n % 2 == 1', 'true');
    check('data.f * 2 == 3', 'true');
    check('data.n / 2 == 3.5', 'true');
    check('10 - (data.n - 2) == 5', 'true');
    check('data.n in [1, 7]', 'true');
    check('data.list[data.i] == 2', 'true');
    check('data.list[0] == 1 ? data.s == "hello" : false', 'true');
    check('-data.n < 0 && !data.draft', 'true');
    check('data.nothing == null', 'true');
    check('has(data.pr.draft) && !has(data.pr.missing)', 'true');
    check('data["constructor"] == "c" && data["__proto__"].x == 1', 'true');
    check('kind == "ext.test" && depth == 2 && source == "extension" && workspace_id == ""', 'true');
    check('occurred_at < timestamp("2020-01-01T00:00:00Z")', 'true');
    check('data.list.all(x, x > 0) && data.list.exists_one(x, x == 2)', 'true');
    check('data.list.map(x, x > 1, x * 2).filter(x, x > 4).size() == 1', 'true');
    check('data.pr.files.exists(f, f.lines.all(l, l < 3) && f.path.endsWith(".ts"))', 'true');
    check('data.s.contains("ell") || data.missing == 1', 'true');
    check(`data.s == 'it\\'s "so"' || data.s == r"\\n" || data.s == "hello"`, 'true');
    check('data.s == "Hello"', 'false');
    check('data.list.exists(x, data.list.exists(y, x == y + 10))', 'false');
  });

  describe('that cannot be evaluated says why', () => {
    check('data.missing == 1', 'error: No such key: missing');
    check('data.s + 1 == "x"', 'error: no such overload');
    check('data.s', 'error: the condition is neither true nor false');
    check('data.n > 1 && data.missing', 'error: No such key');
    check('data.toString == 1', 'error: No such key: toString');
  });

  describe('is refused when it is written', () => {
    check('data.n ==', 'refused: Unexpected token: EOF. It is about character 10.');
    check('nothing == 1', 'refused: Unknown variable: nothing. It is about character 1.');
    check('kind == 1', 'refused: no such overload: string == int');
    check('data.s.matches("^(a+)+$")', 'refused: matches() is not available');
    check('data.list.exists(x, x.matches("a"))', 'refused: matches() is not available');
    check('1 + 1', 'refused: A condition is true or false; this one is a int.');
    check('rouse_spend__(1)', 'refused: found no matching overload');
    check(`${'('.repeat(600)}true${')'.repeat(600)}`, 'refused');
    check(Array.from({ length: 600 }, () => 'true').join(' && '), 'refused');
  });

  describe('is bounded, whatever the payload', () => {
    const long = Array.from({ length: 20_000 }, (_, index) => index);

    it('ends nested loops over long lists', () => {
      const text = 'data.a.all(x, data.a.all(y, data.a.all(z, z >= 0)))';
      expect(answer(text, { a: long })).toContain('error: the condition takes too much work');
    });

    it('ends loops that look through long lists', () => {
      expect(answer('data.a.all(x, x in data.a)', { a: long })).toContain('error: the condition takes too much work');
    });

    it('ends loops that look through long texts', () => {
      const data = { a: long, s: 'x'.repeat(1_000_000) };
      expect(answer('data.a.all(x, !data.s.contains("y"))', data)).toContain('too much work');
    });

    it('lets no error that a loop goes on past hide that the work is used up', () => {
      const text = 'data.a.exists(x, data.a.exists(y, y == -1)) || true';
      expect(answer(text, { a: long })).toContain('error: the condition takes too much work');
    });

    it('lets an ordinary loop over a thousand things be', () => {
      const commits = Array.from({ length: 1000 }, (_, n) => ({ author: `a${n}`, files: ['x', 'y', 'z'] }));
      const text = 'data.commits.exists(c, c.author == "a999" && c.files.all(f, f != "w"))';
      expect(answer(text, { commits })).toBe('true');
    });

    it('refuses payloads nested or crowded beyond reason', () => {
      let deep: Record<string, unknown> = {};
      for (let level = 0; level < 500; level += 1) deep = { deep };
      expect(answer('true', deep)).toContain('error: the payload is nested more than');
      expect(answer('true', { a: Array.from({ length: 300_000 }, () => 0) })).toContain('error: the payload has more');
    });
  });

  it('answers for any JSON, and never throws', () => {
    const texts = [
      'data.a.b.c == 1',
      'data.a.all(x, x == data.b)',
      'data.a + data.b == data.c',
      '"a" in data.b',
      'data.a < data.b || has(data.c)',
      'size(data.a) > 1 && data.a[0] == data.b[data.c]',
      'data.a.map(x, x.b).exists(y, y > 1)',
    ];
    const value = fc.jsonValue({ maxDepth: 4 });
    const payloads = fc.record({ a: value, b: value, c: value }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.constantFrom(...texts), payloads, (text, data) => {
        expect(answer(text, data)).toMatch(/^(true|false|error: .+)/u);
      }),
      { numRuns: 500 },
    );
  });

  it('means the same with its meter as without: numbers of one and the same sum', () => {
    const numbers = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(numbers, (list) => {
        const sum = list.reduce((total, n) => total - n, 100);
        const text = `${list.reduce((left, n) => `(${left} - (${n}))`, '100')} == ${sum} && data.a.all(x, x <= 5 && x >= -5)`;
        expect(answer(text, { a: list })).toBe('true');
      }),
    );
  });

  it('is parsed or refused, whatever the text', () => {
    const words = [
      'data',
      '.a',
      '(',
      ')',
      '[',
      ']',
      '==',
      '&&',
      '"x"',
      '1',
      '!',
      '?',
      ':',
      '.all(x, ',
      'x',
      ' in ',
      '-',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 20 }), (parts) => {
        expect(typeof answer(parts.join(''))).toBe('string');
      }),
      { numRuns: 1000 },
    );
  });
});
