// What strangers send: filters find exactly what they match, templates render or say why, and nothing throws or hangs.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ActivationEnvelope } from './activation-envelope.ts';
import { comparablePaths, firstFilterMismatch, matchesFilter } from './filter.ts';
import { prepareTriggerPrompt } from './template/prompt-template.ts';

const hostileNames = ['__proto__', 'constructor', 'toString', 'a.b', ' a ', '', 'a', 'b', 'ключ', '\u0000', 'length'];
const name = fc.oneof(fc.constantFrom(...hostileNames), fc.string({ maxLength: 4 }));
const leaf = fc.oneof(
  fc.constantFrom(null, true, false, 0, -0, 1.5, 1e300, 123456789012, '', 'x', '{{ .Data }}', '\ud800'),
  fc.string({ maxLength: 6 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const { data } = fc.letrec<{ data: Record<string, unknown>; value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('value'), { maxLength: 4 }), tie('data')),
  // As JSON makes them: a name such as __proto__ is an own field.
  data: fc
    .array(fc.tuple(name, tie('value')), { maxLength: 4 })
    .map((entries) => Object.fromEntries(entries) as Record<string, unknown>),
}));

function envelope(payload: Record<string, unknown>): ActivationEnvelope {
  return { kind: 'ext.test', scope: 'global', source: 'extension', data: payload };
}

it('every comparable path is one that a filter matches, with that text and no other', () => {
  fc.assert(
    fc.property(data, (payload) => {
      const event = envelope(payload);
      for (const { path, text } of comparablePaths(event, { limit: 1000 }) ?? []) {
        expect(matchesFilter({ [path]: text }, event)).toBe(true);
        expect(matchesFilter({ [path]: `${text}x` }, event)).toBe(false);
      }
    }),
  );
});

it('whatever a filter matches is a comparable path, so that the index finds its trigger', () => {
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `data.${names.join('.')}`);
  fc.assert(
    fc.property(data, path, fc.string({ maxLength: 6 }), (payload, wantedPath, wanted) => {
      const event = envelope(payload);
      const matched = matchesFilter({ [wantedPath]: wanted }, event);
      expect(firstFilterMismatch({ [wantedPath]: wanted }, event) === undefined).toBe(matched);
      if (!matched) return;
      const found = comparablePaths(event, { limit: 1000 }) ?? [];
      const keys = wantedPath.split('.').map((key) => key.trim());
      expect(found).toContainEqual({ path: keys.join('.'), text: wanted });
    }),
  );
});

it('a payload with too many paths is said to be one', () => {
  const many = Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`k${n}`, n]));
  expect(comparablePaths(envelope(many), { limit: 1000 })).toBeUndefined();
});

it('a template renders any payload, or says why not, and its output is bounded', () => {
  const prompts = [
    '{{ .Data.a.b }} {{ .Data.b }}',
    '{{ range .Data.a }}{{ .b }}{{ range .b }}{{ . }}{{ end }}{{ end }}',
    '{{ range $k, $v := .Data }}{{ $k }}={{ json $v }};{{ end }}',
    '{{ with .Data.a }}{{ printf "%d %s %v" .b .b . }}{{ end }}',
    '{{ index .Data "__proto__" }}{{ get .Data "constructor.a" }}',
    '{{ if and .Data.a (gt .Data.b 1) }}{{ truncate 3 .Data.a }}{{ end }}',
    '{{ join .Data.a "," }}{{ upper .Data.b }}{{ len .Data.a }}{{ date "2006" .OccurredAt }}',
    '{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}',
  ].map((prompt) => prepareTriggerPrompt(prompt));
  fc.assert(
    fc.property(fc.constantFrom(...prompts), data, (render, payload) => {
      const rendered = render(envelope(payload));
      if (rendered.ok) expect(rendered.output.length).toBeLessThan(2_000_000);
      else expect(rendered.problem.message).not.toBe('');
    }),
    { numRuns: 1000 },
  );
});
