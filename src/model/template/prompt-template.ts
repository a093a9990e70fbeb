/**
 * Trigger prompts: Go `text/template` programs over the activation envelope.
 *
 * A prompt is parsed once per definition version, which also refuses what could only fail later; rendering is pure and
 * bounded. The language is written down for users in `docs/reference/template-language.md`.
 */
import { isBlank, trimSpace } from '../../lib/go-text.ts';
import type { Problem } from '../problem.ts';
import { byteLength, outsideText } from './byte-text.ts';
import { checkTemplates } from './checker.ts';
import { compileTemplates, newSlots, type CompiledTemplate } from './compiler.ts';
import { Execution, defaultRenderLimits, type RenderLimits } from './execution.ts';
import { parseTemplate } from './parser.ts';
import { mainName } from './syntax-tree.ts';
import { EnvelopeRoot, type TemplateEnvelope } from './template-envelope.ts';
import { TemplateMistake, templateProblem, type TemplateProblem } from './template-problem.ts';

export type RenderResult =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly problem: TemplateProblem };

export type PromptTemplateResult =
  | { readonly ok: true; readonly template: PromptTemplate }
  | { readonly ok: false; readonly problems: Problem[] };

/** The path that problems name unless the caller knows better. */
const promptPath = 'prompt';

/** The longest prompt, in characters; far beyond what an agent could read, and parsed in a moment. */
const promptLengthMax = 262_144;

/** A parsed prompt. Holds no state between renders. */
export class PromptTemplate {
  readonly #text: string;
  readonly #path: string;
  readonly #main: CompiledTemplate;

  /** Made by {@link parseTriggerPromptTemplate} only. */
  constructor(text: string, path: string, main: CompiledTemplate) {
    this.#text = text;
    this.#path = path;
    this.#main = main;
  }

  /**
   * The output exactly as the template makes it, neither trimmed nor empty-checked.
   * Fails with one problem of code `invalid_template` that says where and why: a missing key, a wrong type, a bound.
   */
  render(envelope: TemplateEnvelope, limits: RenderLimits = defaultRenderLimits): RenderResult {
    const root = new EnvelopeRoot(envelope);
    const execution = new Execution(root, limits);
    try {
      execution.enter(this.#main.nesting);
      execution.slots = newSlots(this.#main.slotCount, root);
      this.#main.run(execution, root);
      const output = outsideText(execution.output);
      if (output.length * 3 > limits.outputBytesMax && byteLength(output) > limits.outputBytesMax) {
        throw new TemplateMistake(`the output has more than ${limits.outputBytesMax} bytes; print less of the data`, 0);
      }
      return { ok: true, output };
    } catch (error) {
      if (!(error instanceof TemplateMistake)) throw error;
      return { ok: false, problem: this.#problem(error) };
    }
  }

  #problem({ position, sentence }: TemplateMistake): TemplateProblem {
    return templateProblem({ path: this.#path, text: this.#text, position }, `${sentence}.`);
  }
}

function required(path: string): Problem {
  return { path, code: 'required', message: 'the prompt is empty; write what the agent should be told', value: '' };
}

/**
 * Parses and checks a prompt, as it is written (not trimmed). Blank text is refused with code `required`,
 * anything else that is wrong with `invalid_template`; those problems are {@link TemplateProblem}s.
 */
export function parseTriggerPromptTemplate(prompt: string, path = promptPath): PromptTemplateResult {
  if (isBlank(prompt)) return { ok: false, problems: [required(path)] };
  const text = prompt.toWellFormed();
  const problemAt = (position: number, sentence: string): TemplateProblem =>
    templateProblem({ path, text, position }, `${sentence}.`);
  if (text.length > promptLengthMax) {
    return { ok: false, problems: [problemAt(0, `the prompt has more than ${promptLengthMax} characters`)] };
  }
  try {
    const templates = parseTemplate(text);
    const problems = checkTemplates(templates);
    if (problems.length > 0) {
      return { ok: false, problems: problems.map(({ position, sentence }) => problemAt(position, sentence)) };
    }
    const main = compileTemplates(templates).get(mainName);
    if (main === undefined) throw new Error('the parser left out the prompt itself');
    return { ok: true, template: new PromptTemplate(text, path, main) };
  } catch (error) {
    if (!(error instanceof TemplateMistake)) throw error;
    return { ok: false, problems: [problemAt(error.position, error.sentence)] };
  }
}

/** Whether the text is more than plain words; the dispatcher parses only such. */
function hasActions(prompt: string): boolean {
  return prompt.includes('{{') || prompt.includes('}}');
}

/** All problems of a trigger's prompt, none when it is valid. Text without `{{` and `}}` needs only not to be blank. */
export function validateTriggerPromptTemplate(prompt: string, path = promptPath): Problem[] {
  if (isBlank(prompt)) return [required(path)];
  if (!hasActions(prompt)) return [];
  const parsed = parseTriggerPromptTemplate(prompt, path);
  return parsed.ok ? [] : parsed.problems;
}

export type PreparedPrompt = (envelope: TemplateEnvelope) => RenderResult;

/**
 * What the dispatcher keeps of a prompt: a function from envelope to what the agent is told.
 * Prompt and output are trimmed as Go trims; text without actions is passed on as it is. Never throws: a prompt that
 * no longer parses (a definition from an older version, say) fails each render with its first problem.
 */
export function prepareTriggerPrompt(prompt: string, path = promptPath): PreparedPrompt {
  const trimmed = trimSpace(prompt);
  if (trimmed !== '' && !hasActions(trimmed)) return () => ({ ok: true, output: trimmed });
  const parsed = parseTriggerPromptTemplate(trimmed, path);
  if (!parsed.ok) {
    const [first] = parsed.problems;
    const problem: TemplateProblem = { line: 1, column: 1, ...(first ?? required(path)) };
    return () => ({ ok: false, problem });
  }
  return (envelope) => {
    const rendered = parsed.template.render(envelope);
    return rendered.ok ? { ok: true, output: trimSpace(rendered.output) } : rendered;
  };
}

/** As {@link prepareTriggerPrompt}, for a prompt that is rendered once. */
export function renderTriggerPrompt(prompt: string, envelope: TemplateEnvelope): RenderResult {
  return prepareTriggerPrompt(prompt)(envelope);
}
