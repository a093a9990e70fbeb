/**
 * Refuses, when a trigger is written, what could only fail when it fires: fields that the envelope does not have,
 * fields of texts and numbers, `index` into anything but data.
 *
 * It follows where each value comes from. What comes from `.Data` is free-form, because nobody knows its shape yet; the
 * envelope has its seven fields; everything else has none. A template that is called with something other than the
 * envelope may do with its dot what one may do with data.
 */
import { functionNamed } from './functions.ts';
import { suggest } from '../../lib/suggest.ts';
import type { Command, Definition, Operand, Pipeline, Statement, TemplateSet } from './syntax-tree.ts';
import { envelopeFields, isEnvelopeField } from './template-envelope.ts';
import { quoted } from './template-problem.ts';

/** Where a value may come from; a variable may have several origins, and what any of them allows is allowed. */
type Origins = number;
const envelope: Origins = 1;
const data: Origins = 2;
/** A text of the envelope, a constant, the result of a function: no fields. */
const plain: Origins = 4;

export interface CheckedProblem {
  readonly sentence: string;
  readonly position: number;
}

/** How many problems of one template are reported; a generated one could have thousands. */
const problemsMax = 20;

/** How often a body is gone through until the origins of variables in loops no longer change. */
const passesMax = 6;

interface Variable {
  readonly name: string;
  /** What it may hold at this point of the text. */
  origins: Origins;
  /** What it may hold anywhere; what a loop sees that assigns it further down. */
  readonly key: number;
  readonly blockDepth: number;
  readonly loopDepth: number;
}

/** What checking one body yields besides problems: the templates it calls with something that is not the envelope. */
class BodyChecker {
  readonly problems: CheckedProblem[] = [];
  readonly freed = new Set<string>();
  /** Per declaration, in the order of the text, all origins seen in any pass. */
  readonly #ever: Origins[] = [];
  #everGrew = false;
  #assignsInLoop = false;
  #declarations = 0;
  /** In the order of declaration, and the same by name: the last of a name is the one that is meant. */
  #variables: Variable[] = [];
  readonly #byName = new Map<string, Variable[]>();
  #blockDepth = 0;
  #loopDepth = 0;
  readonly #definition: Definition;
  readonly #root: Origins;

  constructor(definition: Definition, root: Origins) {
    this.#definition = definition;
    this.#root = root;
  }

  run(): void {
    for (let pass = 0; pass < passesMax; pass += 1) {
      this.problems.length = 0;
      this.#everGrew = false;
      this.#declarations = 0;
      this.#release(0);
      this.#declare('$', this.#root);
      this.#statements(this.#definition.body, this.#root);
      // One pass is enough unless a loop uses a variable above the place where it assigns it.
      if (!this.#everGrew || !this.#assignsInLoop) break;
    }
  }

  #problem(position: number, sentence: string): void {
    if (this.problems.length < problemsMax) this.problems.push({ position, sentence });
  }

  // Variables.

  #declare(name: string, origins: Origins): void {
    const key = this.#declarations;
    this.#declarations += 1;
    this.#remember(key, origins);
    const variable = { name, origins, key, blockDepth: this.#blockDepth, loopDepth: this.#loopDepth };
    this.#variables.push(variable);
    const ofName = this.#byName.get(name);
    if (ofName === undefined) this.#byName.set(name, [variable]);
    else ofName.push(variable);
  }

  /** Forgets the variables that were declared after `mark`. */
  #release(mark: number): void {
    for (const { name } of this.#variables.splice(mark)) this.#byName.get(name)?.pop();
  }

  #remember(key: number, origins: Origins): void {
    const known = this.#ever[key] ?? 0;
    if ((known | origins) === known) return;
    this.#ever[key] = known | origins;
    this.#everGrew = true;
  }

  #find(name: string): Variable | undefined {
    return this.#byName.get(name)?.at(-1);
  }

  #assign(name: string, origins: Origins): void {
    const variable = this.#find(name);
    if (variable === undefined) return;
    this.#remember(variable.key, origins);
    this.#assignsInLoop ||= this.#loopDepth > variable.loopDepth;
    // Inside a block the assignment may or may not have happened by the time the variable is used.
    variable.origins = variable.blockDepth === this.#blockDepth ? origins : variable.origins | origins;
  }

  #originsOf(name: string): Origins {
    const variable = this.#find(name);
    // Go finds out only when rendering that a variable of a block not taken does not exist.
    if (variable === undefined) return data;
    if (variable.loopDepth < this.#loopDepth) return variable.origins | (this.#ever[variable.key] ?? 0);
    return variable.origins;
  }

  // Statements.

  #block(action: () => void): void {
    const mark = this.#variables.length;
    this.#blockDepth += 1;
    action();
    this.#blockDepth -= 1;
    this.#release(mark);
  }

  #statements(statements: readonly Statement[], dot: Origins): void {
    for (const statement of statements) this.#statement(statement, dot);
  }

  #statement(statement: Statement, dot: Origins): void {
    switch (statement.type) {
      case 'action':
        this.#pipeline(statement.pipeline, dot);
        return;
      case 'if':
      case 'with':
        return this.#block(() => {
          for (const { pipeline, body } of statement.branches) {
            const value = this.#pipeline(pipeline, dot);
            this.#block(() => this.#statements(body, statement.type === 'with' ? value : dot));
          }
          this.#block(() => this.#statements(statement.otherwise, dot));
        });
      case 'range':
        return this.#block(() => this.#range(statement, dot));
      case 'template': {
        const value = statement.pipeline === null ? envelope : this.#pipeline(statement.pipeline, dot);
        if (value !== envelope) this.freed.add(statement.name);
        return;
      }
      case 'text':
      case 'break':
      case 'continue':
    }
  }

  #range(statement: Statement & { readonly type: 'range' }, dot: Origins): void {
    const { pipeline, body, otherwise } = statement;
    const value = this.#commands(pipeline, dot);
    // Items of data are data; whatever else is walked has items without fields.
    const item = (value & data) === 0 ? plain : data;
    const origins = pipeline.variables.length === 2 ? [plain, item] : [item];
    this.#bind(pipeline, origins);
    this.#loopDepth += 1;
    this.#block(() => this.#statements(body, item));
    this.#loopDepth -= 1;
    this.#block(() => this.#statements(otherwise, dot));
  }

  #bind({ variables, assigns }: Pipeline, origins: readonly Origins[]): void {
    variables.forEach((name, index) => {
      const value = origins[Math.min(index, origins.length - 1)] ?? plain;
      if (assigns) this.#assign(name, value);
      else this.#declare(name, value);
    });
  }

  // Expressions.

  #pipeline(pipeline: Pipeline, dot: Origins): Origins {
    const value = this.#commands(pipeline, dot);
    this.#bind(pipeline, [value]);
    return value;
  }

  #commands(pipeline: Pipeline, dot: Origins): Origins {
    let value: Origins | null = null;
    for (const command of pipeline.commands) value = this.#command(command, dot, value);
    return value ?? plain;
  }

  #command({ operands }: Command, dot: Origins, piped: Origins | null): Origins {
    const [first, ...rest] = operands;
    if (first.type === 'function') return this.#call(first, rest, { dot, piped });
    const value = this.#operand(first, dot);
    for (const operand of rest) this.#operand(operand, dot);
    return value;
  }

  #call(
    { name, position }: Operand & { readonly type: 'function' },
    args: readonly Operand[],
    { dot, piped }: { readonly dot: Origins; readonly piped: Origins | null },
  ): Origins {
    const known = functionNamed(name);
    const origins = args.map((operand) => this.#operand(operand, dot));
    if (piped !== null) origins.push(piped);
    if (known === undefined) return plain;
    if (known.checkedWhenParsed && (origins.length < known.least || origins.length > known.most)) {
      this.#problem(position, `${name} got ${count(origins.length)}; write ${known.usage}`);
    }
    if (name === 'index') this.#checkIndex(position, origins[0]);
    return known.givesData ? data : plain;
  }

  #checkIndex(position: number, target: Origins | undefined): void {
    if (target === undefined) this.#problem(position, 'index needs a value: index .Data "key"');
    else if ((target & data) === 0) {
      const hint = target === envelope ? 'the envelope itself has fields, such as .Kind' : 'this has no parts';
      this.#problem(position, `index reaches only into .Data and what comes from it; ${hint}`);
    }
  }

  #operand(operand: Operand, dot: Origins): Origins {
    switch (operand.type) {
      case 'dot':
        return dot;
      case 'nil':
      case 'constant':
        return plain;
      case 'field':
        return this.#path(dot, operand);
      case 'variable':
        return this.#path(this.#originsOf(operand.name), operand);
      case 'function':
        return this.#call(operand, [], { dot, piped: null });
      case 'pipeline':
        return this.#pipeline(operand.pipeline, dot);
      case 'chain':
        return this.#path(this.#operand(operand.of, dot), operand);
    }
  }

  /** The origin of the value at the end of a path of fields. */
  #path(start: Origins, { path, position }: { readonly path: readonly string[]; readonly position: number }): Origins {
    let origins = start;
    for (const field of path) {
      if ((origins & data) !== 0) return data;
      if ((origins & envelope) === 0) {
        this.#problem(position, noFields(path, field));
        return data;
      }
      if (!isEnvelopeField(field)) {
        this.#problem(position, unknownField(field));
        return data;
      }
      origins = field === 'Data' ? data : plain;
    }
    return origins;
  }
}

function count(args: number): string {
  return args === 0 ? 'no argument' : args === 1 ? 'one argument' : `${args} arguments`;
}

function noFields(path: readonly string[], field: string): string {
  const [first = ''] = path;
  const hint =
    field === first && isEnvelopeField(field)
      ? `the dot is not the envelope here; write $.${field}`
      : 'only the envelope and values from .Data have fields';
  return `${quoted(`.${field}`)} is a field of a text, a number or a function's result, which have none; ${hint}`;
}

function unknownField(field: string): string {
  const near = suggest(field, envelopeFields);
  const known = `known fields are ${envelopeFields.map((name) => `.${name}`).join(' ')}`;
  const hint = near === undefined ? `did you mean .Data.${field}?` : `did you mean .${near}?`;
  return `the envelope has no field ${quoted(`.${field}`)}; ${hint} (${known})`;
}

/** All problems of a template set, by position. */
export function checkTemplates(templates: TemplateSet): CheckedProblem[] {
  const free = new Set<string>();
  const asEnvelope = new Map<string, BodyChecker>();
  const queue: string[] = [];
  const note = (checker: BodyChecker): void => {
    for (const name of checker.freed) {
      if (free.has(name)) continue;
      free.add(name);
      queue.push(name);
    }
  };
  for (const [name, definition] of templates) {
    const checker = new BodyChecker(definition, envelope);
    checker.run();
    asEnvelope.set(name, checker);
    note(checker);
  }
  const problems: CheckedProblem[] = [];
  // Whether a template is free can depend on another that is; each body is looked at in two ways at most.
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const definition = templates.get(name);
    if (definition === undefined) continue;
    const checker = new BodyChecker(definition, data);
    checker.run();
    problems.push(...checker.problems);
    note(checker);
  }
  for (const [name, checker] of asEnvelope) if (!free.has(name)) problems.push(...checker.problems);
  return problems.sort((left, right) => left.position - right.position).slice(0, problemsMax);
}
