// The observed behaviour of Go's text/template behind the reference system's field rules, and where ours is different.
import { test } from 'vitest';
import { parseTriggerPromptTemplate, validateTriggerPromptTemplate } from '../../src/model/template/prompt-template.ts';
import type { PromptTemplate } from '../../src/model/template/prompt-template.ts';
import type { TemplateEnvelope } from '../../src/model/template/template-envelope.ts';
import { ConformanceReport, loadVectors } from './report.ts';

interface Render {
  readonly envelope: string;
  readonly ok?: boolean;
  readonly output?: string;
  /** Where the output is no valid UTF-8. */
  readonly output_b64?: string;
  readonly skip?: boolean;
  readonly reason?: string;
  readonly reasons?: readonly string[];
}

interface Verdict {
  readonly ok: boolean;
  readonly stage?: 'required' | 'parse' | 'validate';
}

interface Expectation {
  readonly parse: Verdict;
  readonly validate: Verdict;
  readonly renders?: readonly Render[];
}

interface TemplateCase extends Expectation {
  readonly id: string;
  readonly template: string;
  readonly ours?: Partial<Expectation> & {
    readonly reason?: string;
    readonly reasons?: readonly string[];
    readonly skip?: boolean;
  };
}

/** Cases in which we deliberately answer otherwise than the vectors, by id, with the reason. There are none. */
const deliberate: ReadonlyMap<string, string> = new Map();

const envelopes: ReadonlyMap<string, TemplateEnvelope> = new Map(
  loadVectors<{ id: string; envelope: TemplateEnvelope }>('envelopes.json').map(({ id, envelope }) => [id, envelope]),
);

function envelopeNamed(id: string): TemplateEnvelope {
  const envelope = envelopes.get(id);
  if (envelope === undefined) throw new Error(`no envelope is called ${id}`);
  return envelope;
}

/** The text that a reader of UTF-8 sees; bytes that are none become U+FFFD on both sides. */
function expectedText({ ok, output, output_b64: bytes }: Render): string {
  if (ok !== true) return 'an error';
  return JSON.stringify(bytes === undefined ? output : new TextDecoder().decode(Buffer.from(bytes, 'base64')));
}

function renderedText(template: PromptTemplate, envelope: TemplateEnvelope): string {
  const result = template.render(envelope);
  return result.ok ? JSON.stringify(result.output) : 'an error';
}

/** A render's own reason, else the one of its case; nothing is left out without one. */
function reasonOf(vector: TemplateCase, render: Render): string | undefined {
  return render.reason ?? render.reasons?.join('+') ?? vector.ours?.reason ?? vector.ours?.reasons?.join('+');
}

function checkRenders(report: ConformanceReport, vector: TemplateCase, expected: Expectation): void {
  const { id, template: text } = vector;
  const parsed = parseTriggerPromptTemplate(text);
  if (!parsed.ok) return;
  for (const render of expected.renders ?? []) {
    if (render.skip === true) {
      const reason = reasonOf(vector, render);
      if (reason === undefined) report.fail(id, `the render on ${render.envelope} is skipped without a reason`);
      else report.skip(reason);
      continue;
    }
    const want = expectedText(render);
    const got = renderedText(parsed.template, envelopeNamed(render.envelope));
    if (got === want) report.pass();
    else report.fail(id, `${JSON.stringify(text)} on ${render.envelope}: want ${want}, got ${got}`);
  }
}

/** The stage at which the verdict fell: blank text is `required`; the two later stages are one to us. */
function verdictOf(problems: readonly { readonly code: string }[]): string {
  const [first] = problems;
  if (first === undefined) return 'accepted';
  return first.code === 'required' ? 'required' : 'refused';
}

function wantedVerdict({ ok, stage }: Verdict): string {
  if (ok) return 'accepted';
  return stage === 'required' ? 'required' : 'refused';
}

test('prompt templates are parsed, checked and rendered as recorded', () => {
  const report = new ConformanceReport('templates');
  for (const vector of loadVectors<TemplateCase>('templates.json')) {
    const { id, template: text, ours } = vector;
    const reason = deliberate.get(id) ?? (ours?.skip === true ? (ours.reason ?? ours.reasons?.join('+')) : undefined);
    if (reason !== undefined) {
      report.skip(reason);
      continue;
    }
    const expected: Expectation = { parse: vector.parse, validate: vector.validate };
    const renders = ours?.renders ?? (ours?.parse === undefined ? vector.renders : undefined);
    const parsed = parseTriggerPromptTemplate(text);
    const verdicts = [
      ['parse', wantedVerdict(ours?.parse ?? expected.parse), verdictOf(parsed.ok ? [] : parsed.problems)],
      ['validate', wantedVerdict(ours?.validate ?? expected.validate), verdictOf(validateTriggerPromptTemplate(text))],
    ] as const;
    for (const [what, want, got] of verdicts) {
      // What `validate` records has no stage; that blank text is `required` is compared by `parse`.
      const matches = got === want || (what === 'validate' && want === 'refused' && got === 'required');
      if (matches) report.pass();
      else report.fail(id, `${what} ${JSON.stringify(text)}: want ${want}, got ${got}`);
    }
    if (renders !== undefined) checkRenders(report, vector, { ...expected, renders });
  }
  report.finish();
});
