import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgentEntry } from '../agents/agent-driver.ts';
import type { TranscriptKind } from '../model/session.ts';
import { Redactor } from '../secrets/redactor.ts';
import { SecretSeam } from './secret-seam.ts';

const SECRET = 'pa"ss-wörd-4711';

function seamOf(...values: string[]): { seam: SecretSeam; redactor: Redactor } {
  const redactor = new Redactor();
  for (const value of values) redactor.remember(value);
  const seam = new SecretSeam({
    find: (text) => redactor.find(text),
    redact: (text) => redactor.redact(text),
  });
  return { seam, redactor };
}

const say = (kind: TranscriptKind, text: string): AgentEntry => ({ kind, text });
const joined = (entries: readonly AgentEntry[], kind: TranscriptKind): string =>
  entries.flatMap((entry) => (entry.kind === kind ? [entry.text] : [])).join('');

describe('a secret that comes in pieces', () => {
  test.each(Array.from({ length: SECRET.length + 1 }, (_, at) => at))('is taken out when cut after %i', (at) => {
    const { seam } = seamOf(SECRET);
    const said = [
      ...seam.take(say('message', `It is ${SECRET.slice(0, at)}`)),
      ...seam.take(say('tool_call', 'Look')),
      ...seam.take(say('message', `${SECRET.slice(at)}, and that is all.`)),
      ...seam.release(),
    ];
    expect(joined(said, 'message')).toBe('It is [redacted], and that is all.');
    expect(said.map(({ kind }) => kind)).toEqual(['message', 'tool_call', 'message']);
  });

  test('is taken out letter by letter, and leaves no empty entries', () => {
    const { seam } = seamOf(SECRET);
    const said = `<${SECRET}>`.split('').flatMap((letter) => seam.take(say('output', letter)));
    expect(said.map(({ text }) => text)).toEqual(['<', '[redacted]', '>']);
  });

  test('is taken out of each kind by itself', () => {
    const { seam } = seamOf(SECRET);
    const said = [
      ...seam.take(say('output', SECRET.slice(0, 5))),
      ...seam.take(say('stderr', SECRET.slice(0, 7))),
      ...seam.take(say('output', SECRET.slice(5))),
      ...seam.take(say('stderr', SECRET.slice(7))),
    ];
    expect(said.map(({ kind, text }) => `${kind} ${text}`)).toEqual(['output [redacted]', 'stderr [redacted]']);
  });

  test('is never whole, also when its beginning was let go already', () => {
    const { seam } = seamOf(SECRET);
    const said = [
      ...seam.take(say('message', `It is ${SECRET.slice(0, 9)}`)),
      ...seam.release(),
      ...seam.take(say('message', `${SECRET.slice(9)}.`)),
    ];
    expect(joined(said, 'message')).toBe(`It is ${SECRET.slice(0, 9)}[redacted].`);
  });

  test('is taken out whole where another one begins with it', () => {
    const { seam } = seamOf('abcdef', 'abcdefghi');
    const said = ['abcdef', 'gh', 'i.', 'abcdef', ' abcdef'].flatMap((text) => seam.take(say('output', text)));
    expect(joined([...said, ...seam.release()], 'output')).toBe('[redacted].[redacted] [redacted]');
  });

  test('that was let go whole leaves no second mark', () => {
    const { seam } = seamOf('abcdef', 'abcdefghi');
    const said = [...seam.take(say('output', 'abcdef')), ...seam.release(), ...seam.take(say('output', ' and on'))];
    expect(joined(said, 'output')).toBe('[redacted] and on');
  });

  test('a token of our own is known by its form', () => {
    const token = `rouse_run_${'a'.repeat(43)}`;
    const { seam } = seamOf();
    for (let at = 1; at < token.length; at += 1) {
      const said = [
        ...seam.take(say('output', `x${token.slice(0, at)}`)),
        ...seam.take(say('output', token.slice(at))),
      ];
      expect(joined(said, 'output')).toBe('x[redacted]');
    }
  });
});

test('what is no secret is held only while it may be the beginning of one', () => {
  const { seam } = seamOf(SECRET);
  expect(seam.take(say('message', 'pass me the salt'))).toHaveLength(1);
  expect(seam.take(say('message', 'pa'))).toEqual([]);
  expect(seam.take(say('notice', 'Usage'))).toEqual([]);
  expect(seam.holds).toBe(true);
  expect(seam.take(say('message', 'ssing by')).map(({ text }) => text)).toEqual(['pa', 'Usage', 'ssing by']);
  expect(seam.holds).toBe(false);
});

test('whatever is said in whatever pieces, the pieces are the whole without its secrets', () => {
  const letters = fc.constantFrom('a', 'b', '"', '\\', '\n', 'é');
  const secrets = fc.array(fc.string({ unit: letters, minLength: 6, maxLength: 9 }), { maxLength: 3 });
  const word = fc.string({ unit: letters, maxLength: 8 });
  const kinds = fc.constantFrom<TranscriptKind>('message', 'stderr');
  fc.assert(
    fc.property(secrets, fc.array(fc.tuple(kinds, word, fc.nat(2)), { maxLength: 20 }), (values, pieces) => {
      const { seam, redactor } = seamOf(...values);
      const entries = pieces.map(([kind, text, which]) => say(kind, which === 2 ? text : text + (values[which] ?? '')));
      const said = [...entries.flatMap((entry) => seam.take(entry)), ...seam.release()];
      for (const kind of ['message', 'stderr'] as const) {
        const clean = joined(said, kind);
        expect(clean.replaceAll('[redacted]', '')).toBe(
          redactor.redact(joined(entries, kind)).replaceAll('[redacted]', ''),
        );
        for (const value of values) expect(clean).not.toContain(value);
      }
    }),
    { numRuns: 500 },
  );
});
