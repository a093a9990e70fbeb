/** The state of one render: what has been written, the variables, and what is left of the bounds. */
import type { FormatBudget } from './formatter.ts';
import type { EnvelopeRoot } from './template-envelope.ts';
import { TemplateMistake } from './template-problem.ts';
import type { Value } from './value.ts';

/** The bounds of a render. */
export interface RenderLimits {
  /** The longest output, in bytes of UTF-8. */
  readonly outputBytesMax: number;
  /** Statements, calls and pieces of text that may be worked on. */
  readonly stepsMax: number;
}

export const defaultRenderLimits: RenderLimits = { outputBytesMax: 1_048_576, stepsMax: 1_000_000 };

/** How many templates may be inside one another; deeper is taken for a recursion without end. */
const callDepthMax = 100;

/** How many blocks, of all templates being rendered, may be inside one another; the machine's stack is the reason. */
const nestingMax = 1_000;

export class Execution implements FormatBudget {
  readonly root: EnvelopeRoot;
  readonly lengthMax: number;
  readonly #stepsMax: number;
  #stepsLeft: number;
  #callDepth = 0;
  #nesting = 0;
  output = '';
  /** The variables of the template that is running. */
  slots: Value[] = [];

  constructor(root: EnvelopeRoot, limits: RenderLimits) {
    this.root = root;
    this.lengthMax = limits.outputBytesMax;
    this.#stepsMax = limits.stepsMax;
    this.#stepsLeft = limits.stepsMax;
  }

  write(text: string): void {
    this.output += text;
    // Characters first: they are free to count, and there are never more of them than bytes.
    if (this.output.length > this.lengthMax) {
      throw new TemplateMistake(`the output grows beyond ${this.lengthMax} bytes; print less of the data`, -1);
    }
  }

  spend(steps: number): void {
    this.#stepsLeft -= steps;
    if (this.#stepsLeft < 0) {
      throw new TemplateMistake(`the template did not finish within ${this.#stepsMax} steps; loop over less`, -1);
    }
  }

  /** Enters a template whose blocks lie `nesting` deep. */
  enter(nesting: number): void {
    this.#callDepth += 1;
    this.#nesting += nesting + 1;
    if (this.#callDepth > callDepthMax || this.#nesting > nestingMax) {
      throw new TemplateMistake('templates call one another too deeply; a template that calls itself must end', -1);
    }
  }

  leave(nesting: number): void {
    this.#callDepth -= 1;
    this.#nesting -= nesting + 1;
  }
}
