import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  parseTriggerPromptTemplate,
  prepareTriggerPrompt,
  renderTriggerPrompt,
  validateTriggerPromptTemplate,
} from './prompt-template.ts';
import type { TemplateEnvelope } from './template-envelope.ts';

const envelope: TemplateEnvelope = {
  id: 'evt_1',
  kind: 'session.stopped',
  scope: 'workspace',
  workspace_id: 'ws_1',
  source: 'observer',
  occurred_at: Date.UTC(2026, 3, 15, 15, 0, 0, 250),
  data: JSON.parse(`{
    "name": "Ada", "count": 3, "price": 19.99, "big": 123456789, "huge": 1e21, "flag": true, "nothing": null, "empty": "",
    "items": ["a", null, "b"], "list": [{"name": "x", "n": 1}, {"name": "y", "n": 2.5}], "cafe": "é",
    "nested": {"a": {"b": "deep"}, "dotted.key": 1}, "__proto__": "own", "long": "abcdefghij", "html": "<b>&</b>",
    "at": "2026-12-24T23:30:00.5+01:00", "lone": "x\\ud800y"
  }`) as Record<string, unknown>,
};

/** The output, or the problem's message after `!`. */
function rendered(template: string, data?: Record<string, unknown>): string {
  const parsed = parseTriggerPromptTemplate(template);
  if (!parsed.ok) return `refused: ${parsed.problems.map((problem) => problem.message).join(' / ')}`;
  const result = parsed.template.render(data === undefined ? envelope : { ...envelope, data });
  return result.ok ? result.output : `! ${result.problem.message}`;
}

function check(title: string, cases: Readonly<Record<string, string | RegExp>>): void {
  test(title, () => {
    for (const [template, wanted] of Object.entries(cases)) {
      if (typeof wanted === 'string') expect(rendered(template), template).toBe(wanted);
      else expect(rendered(template), template).toMatch(wanted);
    }
  });
}

check('the envelope has its fields', {
  '{{.Kind}} {{.Scope}} {{.WorkspaceID}} {{.Source}} {{.ID}}': 'session.stopped workspace ws_1 observer evt_1',
  '{{.OccurredAt}}': '2026-04-15T15:00:00.250Z',
  '{{json .}}': /^\{"data":\{.*"id":"evt_1","kind":"session.stopped","occurred_at":"2026-04-15T15:00:00.250Z"/,
});

check('a field that the envelope lacks is refused with the nearest one', {
  'a\n b {{.Kidn}}': /^refused: line 2, column 6: the envelope has no field "\.Kidn"; did you mean \.Kind\?/,
  '{{.workspace_id}}': /did you mean \.WorkspaceID\?/,
  '{{.title}}': /did you mean \.Data\.title\? \(known fields are \.Kind \.Scope/,
  '{{.Kind.x}}': /refused: .*only the envelope and values from \.Data have fields/,
  '{{with .Data.name | printf "%s"}}{{.Kind}}{{end}}': /the dot is not the envelope here; write \$\.Kind/,
  '{{.Foo}}{{.Bar}}': /line 1, column 3: .* \/ line 1, column 11: /,
});

check('values of the data are free-form wherever they are reached', {
  '{{range .Data.list}}{{.name}}{{.n}} {{end}}': 'x1 y2.5 ',
  '{{range $i, $x := .Data.list}}{{$i}}{{$x.name}}{{$.Kind}};{{end}}': '0xsession.stopped;1ysession.stopped;',
  '{{$d := .Data}}{{with $d.nested}}{{.a.b}}{{end}}': 'deep',
  '{{(index .Data "nested").a.b}}': 'deep',
  '{{define "row"}}[{{.name}}]{{end}}{{range .Data.list}}{{template "row" .}}{{end}}': '[x][y]',
  '{{$last := ""}}{{range .Data.list}}{{if $last}}{{$last.name}}{{end}}{{$last = .}}{{end}}': 'x',
  '{{range get .Data "list"}}{{.name}}{{end}}': 'xy',
  '{{index (print .Data) "x"}}': /refused: .*index reaches only into \.Data/,
  '{{index . "Data"}}': /refused: .*the envelope itself has fields/,
  '{{(print "x").y}}': /refused/,
  '{{$x := .Kind}}{{$x.y}}': /refused/,
  '{{define "a"}}{{.Nope}}{{end}}{{template "a" .}}': /refused/,
  '{{define "a"}}{{.nope}}{{end}}{{define "b"}}{{template "a" .}}{{end}}{{template "b" .Data.nested}}': /^! .*"nope"/,
});

check('a missing key is an error that names it, except where it counts as empty', {
  '{{.Data.nmae}}': /^! line 1, column 3: \.Data has no key "nmae"; did you mean "name"\? .*\{\{if \.Data\.nmae\}\}/,
  '{{.Data.nested.x.y}}': /^! .*\.Data\.nested has no key "x"/,
  '{{if .Data.x}}yes{{else}}no{{end}}': 'no',
  '{{if .Data.x.y.z}}yes{{else}}no{{end}}': 'no',
  '{{if (.Data.x).y}}yes{{else}}no{{end}}': 'no',
  '{{if .Data.nothing.x}}yes{{end}}': /^! .*\.Data\.nothing is null/,
  '{{with .Data.x}}yes{{else}}no{{end}}': 'no',
  '{{or .Data.x "none"}} {{.Data.x | not}}': 'none true',
  '{{.Data.x | default "none"}}': 'none',
  '{{get .Data.x "y"}}': '<no value>',
  '{{if eq .Data.x 1}}{{end}}': /^! /,
  '{{printf "%v" .Data.x}}': /^! /,
  '{{range .Data.x}}{{end}}': /^! /,
});

check('keys that JavaScript inherits are keys like any other', {
  '{{.Data.constructor}}': /^! .*has no key "constructor"/,
  '{{index .Data "toString"}}': '<no value>',
  '{{index .Data "__proto__"}}{{get .Data "hasOwnProperty.x"}}': 'own<no value>',
  '{{.Data.__proto__}}': 'own',
});

check('numbers of the data count and print by value', {
  '{{.Data.big}} {{.Data.count}} {{.Data.huge}}': '123456789 3 1e+21',
  '{{eq .Data.count 3}}{{eq .Data.count 3.0}}{{lt .Data.count 3.5}}{{gt .Data.price 19}}': 'truetruetruetrue',
  '{{printf "%d %.2f %s %d" .Data.count .Data.count .Data.price .Data.huge}}': '3 3.00 19.99 1000000000000000000000',
  '{{printf "%d" .Data.price}}': '%!d(float64=19.99)',
  '{{range .Data.count}}{{.}}{{end}}{{index .Data.items .Data.count}}': /^! .*position 3 is out of range/,
  '{{eq (len .Data.items) 3.0}}': 'true',
});

check('constants of the template keep the types that Go gives them', {
  '{{eq 1 1.0}}': /^! .*write both numbers with a decimal point/,
  '{{eq (len "abc") 3.0}}': /^! /,
  '{{printf "%d %f" 3.0 3}}': '%!d(float64=3) %!f(int=3)',
  "{{1e6}} {{0x1p4}} {{'a'}} {{1+2i}} {{1_000}}": '1e+06 16 97 (1+2i) 1000',
});

check('variables mean the declaration that was executed last', {
  '{{$x := 1}}{{and false ($x := 2)}}{{$x}}': 'false1',
  '{{$x := 1}}{{and true ($x := 2)}}{{$x}}': '22',
  '{{$x := $x}}': /^! .*\$x has no value here/,
  '{{if false}}{{$y := 1}}{{else}}{{$y}}{{end}}': /^! .*\$y has no value here/,
  '{{range $i, $x := .Data.none}}{{else}}{{end}}': /^! /,
  '{{range $i, $x := .Data.empty}}{{end}}': /^! .*range cannot walk over a text/,
  '{{$n := 0}}{{range .Data.list}}{{$n = .n}}{{end}}{{$n}}': '2.5',
  '{{range .Data.list}}{{if eq .name "y"}}{{break}}{{end}}{{.name}}{{continue}}z{{end}}': 'x',
});

check('texts are bytes, and cut ones can be put together again', {
  '{{len .Data.cafe}}{{index .Data.cafe 0}}': '2195',
  '{{print (slice .Data.cafe 0 1) (slice .Data.cafe 1 2)}}': 'é',
  '{{slice .Data.cafe 0 1}}{{slice .Data.cafe 1 2}}': 'é',
  '{{slice .Data.cafe 0 1}}|': '\ufffd|',
  '{{printf "%q" (slice .Data.cafe 0 1)}}': '"\\xc3"',
  '{{.Data.lone}}{{len .Data.lone}}': 'x\ufffdy5',
});

check('our own functions are written for pipelines', {
  '{{json .Data.nested}}': '{"a":{"b":"deep"},"dotted.key":1}',
  '{{.Data.list | json 2}}': '[\n  {\n    "n": 1,\n    "name": "x"\n  },\n  {\n    "n": 2.5,\n    "name": "y"\n  }\n]',
  '{{.Data.empty | default "none"}}{{default 5 .Data.count}}': 'none3',
  '{{get .Data "list.1.name"}}{{.Data | get "nested.a.b"}}{{get .Data "list.9.x"}}': 'ydeep<no value>',
  '{{.Data.items | join ", "}}': 'a, b',
  '{{join .Data.count .Data.items}}': /^! .*separator/,
  '{{" x " | trim | upper}}{{lower "AB"}}': 'Xab',
  '{{truncate 5 .Data.long}} {{.Data.long | truncate 5 "..."}} {{truncate 20 .Data.long}}': 'abcd… ab... abcdefghij',
  '{{date "2006-01-02 15:04" .OccurredAt}}': '2026-04-15 15:00',
  '{{date "Mon Jan _2 3:04PM MST" "America/New_York" .Data.at}}': 'Thu Dec 24 5:30PM EST',
  '{{.Data.at | date "RFC3339Nano" "Europe/Berlin"}} {{date "unix" .Data.at}}':
    '2026-12-24T23:30:00.5+01:00 1798151400',
  '{{date "x" "Nowhere/City" 0}}': /^! .*does not know the zone/,
  '{{duration 93784}} {{duration "90s"}} {{duration 0.25}} {{duration 0}}': '1d 2h 3m 4s 1m 30s 250ms 0s',
  '{{upper}}': /^refused: .*upper got no argument; write upper TEXT/,
  '{{call .Data.name}}': /^refused: .*calling values is not available/,
  '{{toJson .Data}}': /^refused: .*did you mean json\?/,
});

check('mistakes say what to write instead', {
  '{{if .Kind}}': /refused: .*\{\{if\}\} is never closed; add \{\{end\}\}/,
  '{{.Kind': /the action is not closed/,
  '{{.Data.my-key}}': /\(index \.Data "my-key"\)/,
  '{{Kind}}': /fields begin with a dot: \.Kind/,
  '{{pirnt .Kind}}': /did you mean print\?/,
  '{{template "row" .}}{{define "rows"}}{{end}}': /^! .*there is no template "row"; did you mean "rows"\?/,
  '{{$foo := 1}}{{$fooo}}': /did you mean \$foo\?/,
});

check('rendering is bounded', {
  '{{range 100000000}}{{end}}': /^! .*did not finish within 1000000 steps/,
  '{{range 100000}}{{$.Data.long}}{{$.Data.long}}{{$.Data.long}}{{end}}': /^! .*output grows beyond 1048576 bytes/,
  '{{$x := "ab"}}{{range 60}}{{$x = print $x $x}}{{end}}': /^! .*grows beyond/,
  '{{range 100000}}{{$x := printf "%999999d" 1}}{{end}}': /^! .*steps/,
  '{{define "r"}}{{template "r" .}}{{end}}{{template "r" .}}': /^! .*call one another too deeply/,
});

test('blocks and parentheses may lie 200 deep and no deeper', () => {
  const deep = (levels: number): string => `{{print ${'('.repeat(levels)}1${')'.repeat(levels)}}}`;
  expect(rendered(deep(200))).toBe('1');
  expect(rendered(deep(201))).toMatch(/^refused: .*more than 200 deep/);
  expect(rendered(deep(50_000))).toMatch(/^refused: .*more than 200 deep/);
});

test('long templates need time in proportion, not stack', () => {
  const long: readonly string[] = [
    `{{print 1${' | print'.repeat(30_000)}}}`,
    `{{if 0}}${'{{else if 0}}'.repeat(15_000)}{{else}}1{{end}}`,
    `${'{{$x := 1}}'.repeat(20_000)}{{$x}}`,
    `{{range 1}}${'{{$x := .}}{{and 1 ($y := 2) ($z := 3)}}{{end}}{{range 0}}'.repeat(3_000)}{{end}}`,
    `{{print${' 1'.repeat(100_000)}}}`,
  ];
  for (const text of long) expect(rendered(text).slice(0, 3), text.slice(0, 30)).toMatch(/^[13]( 1|$)/);
  expect(rendered(`{{${'1'.repeat(200_000)}}}`)).toMatch(/^refused: /);
  expect(rendered('x'.repeat(300_000))).toMatch(/^refused: .*more than 262144 characters/);
});

test('the output bound counts bytes and can be chosen', () => {
  const parsed = parseTriggerPromptTemplate('{{.Data.cafe}}{{.Data.cafe}}');
  if (!parsed.ok) throw new Error('the template is valid');
  expect(parsed.template.render(envelope, { outputBytesMax: 4, stepsMax: 100 })).toEqual({ ok: true, output: 'éé' });
  expect(parsed.template.render(envelope, { outputBytesMax: 3, stepsMax: 100 }).ok).toBe(false);
});

test('data that is not there is an empty map', () => {
  const bare = { kind: 'k', scope: 'global', source: 'hook' } as unknown as TemplateEnvelope;
  const parsed = parseTriggerPromptTemplate('{{.Data}}{{if .Data.x}}x{{end}}{{eq .Data nil}}{{.ID}}');
  expect(parsed.ok && parsed.template.render(bare)).toEqual({ ok: true, output: 'map[]true' });
});

test('validation wants text, and parses only what has actions', () => {
  expect(validateTriggerPromptTemplate(' \u0085')).toMatchObject([{ code: 'required', path: 'prompt' }]);
  expect(validateTriggerPromptTemplate('plain }')).toEqual([]);
  expect(validateTriggerPromptTemplate('only }} closing')).toEqual([]);
  expect(validateTriggerPromptTemplate('x\n{{.Nope}}', 'trigger.prompt')).toMatchObject([
    { code: 'invalid_template', path: 'trigger.prompt', line: 2, column: 3 },
  ]);
});

test('the dispatcher trims prompt and output and leaves plain text alone', () => {
  expect(renderTriggerPrompt('  just words { \n', envelope)).toEqual({ ok: true, output: 'just words {' });
  expect(renderTriggerPrompt(' {{"  x  "}} ', envelope)).toEqual({ ok: true, output: 'x' });
  expect(prepareTriggerPrompt('{{.Nope}}')(envelope)).toMatchObject({ ok: false, problem: { line: 1, column: 3 } });
  expect(prepareTriggerPrompt(' ')(envelope)).toMatchObject({ ok: false, problem: { code: 'required' } });
});

const pieces = (
  '{{ }} {{- -}} /* */ ( ) | . $ $x := = , " ` \' \\ if else end range with define block template break continue nil true "a" - ' +
  '.Kind .Data .Data.items .Data.x len index printf and json get default date 1 0x'
).split(' ');

test('no text makes parser or renderer throw or hang', () => {
  const template = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(fc.constantFrom(' ', '\n', ...pieces), { maxLength: 40 }).map((words) => words.join('')),
    fc.array(fc.constantFrom(' ', '\n', ...pieces), { maxLength: 20 }).map((words) => `{{${words.join(' ')}}}`),
  );
  fc.assert(
    fc.property(template, fc.dictionary(fc.string(), fc.jsonValue()), (text, data) => {
      const parsed = parseTriggerPromptTemplate(text);
      if (!parsed.ok) return parsed.problems.length > 0 && parsed.problems.every(({ message }) => message !== '');
      const result = parsed.template.render({ ...envelope, data });
      return result.ok ? result.output.isWellFormed() : result.problem.line >= 1 && result.problem.column >= 1;
    }),
    { numRuns: 5_000 },
  );
});

test('any text outside of actions comes out unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      fc.pre(!text.includes('{{') && text.trim() !== '');
      return rendered(`${text}\n`) === `${text}\n`;
    }),
  );
});

test('any text of the data comes out unchanged, through quotes too', () => {
  const parsed = parseTriggerPromptTemplate('{{.Data.text}}{{json .Data.text}}');
  if (!parsed.ok) throw new Error('the template is valid');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const result = parsed.template.render({ ...envelope, data: { text } });
      return result.ok && result.output === text.toWellFormed() + JSON.stringify(text.toWellFormed());
    }),
  );
});
