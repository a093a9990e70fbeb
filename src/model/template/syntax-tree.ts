/** What the parser makes of a template. Positions are indexes into the template's text. */
import type { Value } from './value.ts';

export type Operand =
  | { readonly type: 'dot'; readonly position: number }
  | { readonly type: 'nil'; readonly position: number }
  /** A constant; a plain bigint is a number too large for any type, which is a mistake only when it is used. */
  | { readonly type: 'constant'; readonly position: number; readonly source: string; readonly value: Value | bigint }
  | { readonly type: 'field'; readonly position: number; readonly path: readonly string[] }
  | { readonly type: 'variable'; readonly position: number; readonly name: string; readonly path: readonly string[] }
  | { readonly type: 'function'; readonly position: number; readonly name: string }
  | { readonly type: 'pipeline'; readonly position: number; readonly pipeline: Pipeline }
  /** Fields of a parenthesis or of a function's result. */
  | {
      readonly type: 'chain';
      readonly position: number;
      readonly of: Operand & { readonly type: 'pipeline' | 'function' };
      readonly path: readonly string[];
    };

export interface Command {
  readonly position: number;
  /** At least one; the first is what is called or shown. */
  readonly operands: readonly [Operand, ...Operand[]];
}

export interface Pipeline {
  readonly position: number;
  /** The variables that receive the value, two at most and only in `range`. */
  readonly variables: readonly string[];
  /** Whether they are assigned (`=`) and not declared (`:=`). */
  readonly assigns: boolean;
  /** At least one. */
  readonly commands: readonly Command[];
}

export interface Branch {
  readonly pipeline: Pipeline;
  readonly body: readonly Statement[];
}

export type Statement =
  | { readonly type: 'text'; readonly position: number; readonly text: string }
  | { readonly type: 'action'; readonly position: number; readonly pipeline: Pipeline }
  /** `if` or `with`; an `else if` or `else with` is one more branch, so that long chains are not deep. */
  | {
      readonly type: 'if' | 'with';
      readonly position: number;
      readonly branches: readonly Branch[];
      readonly otherwise: readonly Statement[];
    }
  | {
      readonly type: 'range';
      readonly position: number;
      readonly pipeline: Pipeline;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | { readonly type: 'template'; readonly position: number; readonly name: string; readonly pipeline: Pipeline | null }
  | { readonly type: 'break' | 'continue'; readonly position: number };

/** One template of the set: the prompt itself, or the body of a `define` or `block`. */
export interface Definition {
  readonly name: string;
  readonly position: number;
  readonly body: readonly Statement[];
  /** How deep its blocks and parentheses lie in one another. */
  readonly nesting: number;
}

/** The prompt and everything defined in it, by name; the prompt's own name is {@link mainName}. */
export type TemplateSet = ReadonlyMap<string, Definition>;

/** What the reference system calls the prompt, so a `define` of this name is the prompt's own. */
export const mainName = 'trigger_prompt';
