/** How the template engine says what is wrong: a problem of the model that also knows where in the template it is. */
import type { Problem, ProblemCode } from '../problem.ts';

/** A {@link Problem} with its place in the template; the message already begins with it. */
export interface TemplateProblem extends Problem {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
}

/**
 * Carries a mistake out of the depth of parser or renderer; never leaves this folder.
 * `position` is an index into the template's text, or -1 while the code that throws does not know it:
 * functions do not, the action that called them does.
 */
export class TemplateMistake extends Error {
  readonly sentence: string;
  readonly position: number;

  constructor(sentence: string, position: number) {
    super(sentence);
    this.sentence = sentence;
    this.position = position;
  }
}

function placeOf(text: string, position: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, position);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) line += 1;
  return { line, column: Array.from(before.slice(lineStart)).length + 1 };
}

/** The problem for a mistake at `position` in `text`. */
export function templateProblem(
  at: { readonly path: string; readonly text: string; readonly position: number },
  sentence: string,
  code: ProblemCode = 'invalid_template',
): TemplateProblem {
  const { line, column } = placeOf(at.text, Math.max(at.position, 0));
  return { path: at.path, code, message: `line ${line}, column ${column}: ${sentence}`, line, column };
}

/** How much of a text is repeated in a message. */
const quotedMax = 60;

export function quoted(text: string): string {
  const whole = text.toWellFormed();
  return JSON.stringify(whole.length > quotedMax ? `${whole.slice(0, quotedMax).toWellFormed()}…` : whole);
}
