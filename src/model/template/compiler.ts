/**
 * Turns syntax trees into closures, once per definition version: rendering then only calls functions.
 *
 * Variables become slots of an array. Which declaration a name means is decided here, by Go's rule that the last one
 * executed counts; only a declaration that `and` or `or` may skip needs a look at render time.
 */
import { sprint } from './formatter.ts';
import type { Execution } from './execution.ts';
import { missing, valueAt, type FieldPath, type OnMissing } from './field-access.ts';
import { functionNamed, type TemplateFunction } from './functions.ts';
import { suggest } from '../../lib/suggest.ts';
import type { Command, Definition, Operand, Pipeline, Statement, TemplateSet } from './syntax-tree.ts';
import { TemplateMistake, quoted } from './template-problem.ts';
import {
  Integer,
  isMap,
  isTrue,
  isWhole,
  sortedKeys,
  typeInWords,
  valueOf,
  type ListValue,
  type Value,
} from './value.ts';

type Evaluate = (execution: Execution, dot: Value) => Value;

/** One command of a pipeline; it gets the value of the one before it, if there is one. */
type Stage = (execution: Execution, dot: Value, piped?: Value) => Value;

interface StageContext {
  /** Whether a value is piped in. */
  readonly piped: boolean;
  /** Whether everything before it in the pipeline is constant. */
  readonly constantBefore: boolean;
  readonly onMissing: OnMissing;
}

/** What a statement asks of the range around it. */
type Signal = 0 | 1 | 2;
const proceed: Signal = 0;
const breaks: Signal = 1;
const continues: Signal = 2;
type Run = (execution: Execution, dot: Value) => Signal;

/** A template ready to run. The closures of calls hold it before it is compiled. */
export interface CompiledTemplate {
  run: Run;
  slotCount: number;
  nesting: number;
}

/** Holds the place of a variable whose declaration has not been executed. */
const unset = Object.freeze(Object.create(null) as object) as Value;

interface Slot {
  readonly name: string;
  readonly index: number;
  /** Declared inside an operand of `and` or `or`, which may be skipped. */
  readonly conditional: boolean;
  /** What the name meant before. */
  readonly shadowed: Slot | undefined;
}

/** Adds the position to mistakes of functions, which do not know where they are called. */
function placed(error: unknown, position: number): unknown {
  return error instanceof TemplateMistake && error.position < 0 ? new TemplateMistake(error.sentence, position) : error;
}

function failing(sentence: string, position: number): Evaluate {
  return () => {
    throw new TemplateMistake(sentence, position);
  };
}

class BodyCompiler {
  readonly #templates: ReadonlyMap<string, CompiledTemplate>;
  readonly #slots: Slot[] = [];
  readonly #byName = new Map<string, Slot>();
  #slotCount = 0;
  /** Slots declared inside the operands of the `and` or `or` being compiled; null outside of one. */
  #skippable: number[] | null = null;

  constructor(templates: ReadonlyMap<string, CompiledTemplate>) {
    this.#templates = templates;
    this.#declare('$');
  }

  compile({ body }: Definition): { readonly run: Run; readonly slotCount: number } {
    const run = this.#statements(body);
    return { run, slotCount: this.#slotCount };
  }

  // Variables.

  #declare(name: string): Slot {
    const slot: Slot = {
      name,
      index: this.#slotCount,
      conditional: this.#skippable !== null,
      shadowed: this.#byName.get(name),
    };
    this.#slotCount += 1;
    this.#slots.push(slot);
    this.#byName.set(name, slot);
    this.#skippable?.push(slot.index);
    return slot;
  }

  #scope<Result>(action: () => Result): Result {
    const mark = this.#slots.length;
    const result = action();
    for (const { name, shadowed } of this.#slots.splice(mark).toReversed()) {
      if (shadowed === undefined) this.#byName.delete(name);
      else this.#byName.set(name, shadowed);
    }
    return result;
  }

  #undefinedVariable(name: string): string {
    return `the variable ${name} has no value here; its declaration was not executed`;
  }

  /** The slots that a name may mean, the likeliest first; the last of them is certain to be set, if there is one. */
  #candidates(name: string): readonly number[] {
    const indexes: number[] = [];
    for (let slot = this.#byName.get(name); slot !== undefined; slot = slot.shadowed) {
      indexes.push(slot.index);
      if (!slot.conditional) return indexes;
    }
    return indexes;
  }

  #read(name: string, position: number): Evaluate {
    const [only, ...others] = this.#candidates(name);
    if (only === undefined) return failing(this.#undefinedVariable(name), position);
    if (others.length === 0 && this.#byName.get(name)?.conditional === false) {
      return (execution) => execution.slots[only] as Value;
    }
    const sentence = this.#undefinedVariable(name);
    return (execution) => {
      for (const index of [only, ...others]) {
        const value = execution.slots[index] as Value;
        if (value !== unset) return value;
      }
      throw new TemplateMistake(sentence, position);
    };
  }

  /** Stores a pipeline's value in its variables. */
  #store(name: string, assigns: boolean, position: number): (execution: Execution, value: Value) => void {
    if (!assigns) {
      const { index } = this.#declare(name);
      return (execution, value) => {
        execution.slots[index] = value;
      };
    }
    const candidates = this.#candidates(name);
    const sentence = this.#undefinedVariable(name);
    return (execution, value) => {
      const index = candidates.find((candidate) => execution.slots[candidate] !== unset);
      if (index === undefined) throw new TemplateMistake(sentence, position);
      execution.slots[index] = value;
    };
  }

  // Statements.

  #statements(statements: readonly Statement[]): Run {
    const runs = statements.map((statement) => this.#statement(statement));
    const [first, second] = runs;
    if (first === undefined) return () => proceed;
    if (second === undefined) return first;
    return (execution, dot) => {
      for (const run of runs) {
        const signal = run(execution, dot);
        if (signal !== proceed) return signal;
      }
      return proceed;
    };
  }

  #statement(statement: Statement): Run {
    switch (statement.type) {
      case 'text': {
        const { text } = statement;
        return (execution) => {
          execution.write(text);
          return proceed;
        };
      }
      case 'action':
        return this.#action(statement.pipeline);
      case 'if':
      case 'with':
        return this.#condition(statement);
      case 'range':
        return this.#scope(() => this.#range(statement));
      case 'template':
        return this.#call(statement);
      case 'break':
        return () => breaks;
      case 'continue':
        return () => continues;
    }
  }

  #action(pipeline: Pipeline): Run {
    const evaluate = this.#pipeline(pipeline, 'fail');
    const { position } = pipeline;
    if (pipeline.variables.length > 0) {
      return (execution, dot) => {
        execution.spend(1);
        evaluate(execution, dot);
        return proceed;
      };
    }
    return (execution, dot) => {
      const value = evaluate(execution, dot);
      try {
        execution.spend(1);
        if (typeof value === 'string') execution.write(value);
        else if (value === null) execution.write('<no value>');
        else execution.write(sprint(execution, [value]));
      } catch (error) {
        throw placed(error, position);
      }
      return proceed;
    };
  }

  #condition(statement: Statement & { readonly type: 'if' | 'with' }): Run {
    const setsDot = statement.type === 'with';
    return this.#scope(() => {
      const branches = statement.branches.map(({ pipeline, body }) => ({
        test: this.#pipeline(pipeline, 'nil'),
        run: this.#scope(() => this.#statements(body)),
      }));
      const otherwise = this.#scope(() => this.#statements(statement.otherwise));
      return (execution, dot) => {
        for (const { test, run } of branches) {
          execution.spend(1);
          const value = test(execution, dot);
          if (isTrue(value)) return run(execution, setsDot ? value : dot);
        }
        return otherwise(execution, dot);
      };
    });
  }

  #range({ pipeline, body, otherwise }: Statement & { readonly type: 'range' }): Run {
    const evaluate = this.#commands(pipeline.commands, 'fail');
    const { position, variables, assigns } = pipeline;
    const stores = variables.map((name) => this.#store(name, assigns, position));
    const runBody = this.#scope(() => this.#statements(body));
    const runOtherwise = this.#scope(() => this.#statements(otherwise));
    const storeKey = stores.length === 2 ? stores[0] : undefined;
    const storeItem = stores.at(-1);
    const step = (execution: Execution, key: Value, item: Value): Signal => {
      execution.spend(1);
      storeKey?.(execution, key);
      storeItem?.(execution, item);
      return runBody(execution, item);
    };
    return (execution, dot) => {
      const value = evaluate(execution, dot);
      // Go gives the variables the whole value before the first round, and `else` can see it.
      for (const store of stores) store(execution, value);
      try {
        if (walkedOver(execution, value, { step, twoVariables: storeKey !== undefined })) return proceed;
      } catch (error) {
        throw placed(error, position);
      }
      return runOtherwise(execution, dot);
    };
  }

  #call({ name, pipeline, position }: Statement & { readonly type: 'template' }): Run {
    const target = this.#templates.get(name);
    const evaluate = pipeline === null ? (): Value => null : this.#pipeline(pipeline, 'fail');
    if (target === undefined) {
      const near = suggest(name, [...this.#templates.keys()]);
      const hint = near === undefined ? `add {{define ${quoted(name)}}}…{{end}}` : `did you mean ${quoted(near)}?`;
      return failing(`there is no template ${quoted(name)}; ${hint}`, position) as unknown as Run;
    }
    return (execution, dot) => {
      execution.spend(1);
      const value = evaluate(execution, dot);
      try {
        execution.enter(target.nesting);
      } catch (error) {
        throw placed(error, position);
      }
      const { slots } = execution;
      execution.slots = newSlots(target.slotCount, value);
      target.run(execution, value);
      execution.slots = slots;
      execution.leave(target.nesting);
      return proceed;
    };
  }

  // Expressions.

  #pipeline(pipeline: Pipeline, onMissing: OnMissing): Evaluate {
    const evaluate = this.#commands(pipeline.commands, onMissing);
    const [name] = pipeline.variables;
    if (name === undefined) return evaluate;
    const store = this.#store(name, pipeline.assigns, pipeline.position);
    return (execution, dot) => {
      const value = evaluate(execution, dot);
      store(execution, value === missing ? null : value);
      return value;
    };
  }

  /** The commands one after the other, in a loop: nested calls would let a long pipeline use up the stack. */
  #commands(commands: readonly Command[], onMissing: OnMissing): Evaluate {
    let constantSoFar = true;
    const stages = commands.map((command, index) => {
      const following = commands[index + 1];
      const stage = this.#command(command, {
        piped: index > 0,
        constantBefore: constantSoFar,
        onMissing: following === undefined ? onMissing : missingBefore(following),
      });
      constantSoFar &&= isConstantCommand(command);
      return stage;
    });
    const [first, second] = stages;
    if (first === undefined) return () => null;
    if (second === undefined) return first;
    return (execution, dot) => {
      let value: Value | undefined;
      for (const stage of stages) value = stage(execution, dot, value);
      return value as Value;
    };
  }

  #command({ operands, position }: Command, context: StageContext): Stage {
    const [first, ...args] = operands;
    if (first.type === 'function') return this.#function(first, args, context);
    if (args.length > 0 || context.piped) {
      return failing('only functions take arguments; this is a value. Did you mean printf or eq?', position);
    }
    if (first.type === 'nil') return failing('nil alone is no command; it can only be an argument', position);
    return this.#operand(first, context.onMissing);
  }

  #function(
    { name, position }: Operand & { readonly type: 'function' },
    args: readonly Operand[],
    { piped, constantBefore }: StageContext,
  ): Stage {
    const known = functionNamed(name);
    if (known === undefined) return failing(`there is no function ${quoted(name)}`, position);
    const given = args.length + (piped ? 1 : 0);
    if (given < known.least || given > known.most) {
      return failing(`${name} takes ${arityInWords(known)}, not ${given}`, position);
    }
    if (name === 'and' || name === 'or') return this.#logic(args, { stopsAt: name === 'or' });
    const evaluates = args.map((operand) => this.#operand(operand, known.takesMissing ? 'nil' : 'fail'));
    // The length of a constant is a constant: Go's rules about types hold for it, not ours for data.
    const strict = name === 'len' && constantBefore && args.every(isConstant);
    const call = strict ? strictLength(known.call) : known.call;
    return (execution, dot, last) => {
      const values = evaluates.map((evaluate) => evaluate(execution, dot));
      if (last !== undefined) values.push(last);
      try {
        execution.spend(1);
        return call(values, execution);
      } catch (error) {
        throw placed(error, position);
      }
    };
  }

  /** `and` and `or` give the operand that decides, and do not look at those behind it. */
  #logic(args: readonly Operand[], { stopsAt }: { readonly stopsAt: boolean }): Stage {
    const outer = this.#skippable;
    const skippable: number[] = [];
    this.#skippable = skippable;
    const evaluates = args.map((operand) => this.#operand(operand, 'nil'));
    this.#skippable = outer;
    if (outer !== null) for (const index of skippable) outer.push(index);
    return (execution, dot, last) => {
      execution.spend(1);
      for (const index of skippable) execution.slots[index] = unset;
      let value: Value = null;
      for (const evaluate of evaluates) {
        value = evaluate(execution, dot);
        if (isTrue(value) === stopsAt) return value;
      }
      return last === undefined ? value : last;
    };
  }

  #operand(operand: Operand, onMissing: OnMissing): Evaluate {
    const { position } = operand;
    switch (operand.type) {
      case 'dot':
        return (_execution, dot) => dot;
      case 'nil':
        return () => null;
      case 'constant': {
        const { value, source } = operand;
        if (typeof value === 'bigint') return failing(`${quoted(source)} is too large for a whole number`, position);
        return () => value;
      }
      case 'field': {
        const path: FieldPath = { names: operand.path, position, prefix: '' };
        return (_execution, dot) => valueAt(dot, path, onMissing);
      }
      case 'variable': {
        const read = this.#read(operand.name, position);
        if (operand.path.length === 0) return read;
        const path: FieldPath = { names: operand.path, position, prefix: operand.name };
        return (execution, dot) => valueAt(read(execution, dot), path, onMissing);
      }
      case 'function':
        return this.#function(operand, [], { piped: false, constantBefore: true, onMissing });
      case 'pipeline':
        return this.#pipeline(operand.pipeline, onMissing);
      case 'chain': {
        const evaluate = this.#operand(operand.of, onMissing === 'fail' ? 'fail' : 'mark');
        const path: FieldPath = { names: operand.path, position, prefix: '(…)' };
        return (execution, dot) => {
          const value = evaluate(execution, dot);
          if (value === missing) return onMissing === 'mark' ? missing : null;
          return valueAt(value, path, onMissing);
        };
      }
    }
  }
}

function arityInWords({ least, most }: TemplateFunction): string {
  if (most === Number.POSITIVE_INFINITY) return `at least ${least} argument${least === 1 ? '' : 's'}`;
  if (least !== most) return `${least} to ${most} arguments`;
  return most === 1 ? 'one argument' : `${most} arguments`;
}

/** What a missing key means to a command whose value is piped into the following one. */
function missingBefore({ operands: [next] }: Command): OnMissing {
  return next.type === 'function' && functionNamed(next.name)?.takesMissing === true ? 'nil' : 'fail';
}

/** Whether the value is written in the template and does not come from data. */
function isConstant(operand: Operand): boolean {
  switch (operand.type) {
    case 'constant':
    case 'nil':
      return true;
    case 'pipeline':
      return operand.pipeline.commands.every(isConstantCommand);
    default:
      return false;
  }
}

function isConstantCommand({ operands }: Command): boolean {
  return operands.every((operand) => operand.type === 'function' || isConstant(operand));
}

function strictLength(call: TemplateFunction['call']): TemplateFunction['call'] {
  return (args, budget) => {
    const length = call(args, budget);
    return length instanceof Integer ? new Integer(length.value, length.type, false) : length;
  };
}

interface Walk {
  readonly step: (execution: Execution, key: Value, item: Value) => Signal;
  readonly twoVariables: boolean;
}

/** Walks over the items of a value; false when there were none. */
function walkedOver(execution: Execution, value: Value, walk: Walk): boolean {
  if (value === null) return false;
  if (Array.isArray(value)) return walkedList(execution, value as ListValue, walk);
  if (value instanceof Integer || (typeof value === 'number' && isWhole(value))) {
    return walkedCount(execution, value, walk);
  }
  if (!isMap(value)) {
    throw new TemplateMistake(
      `range cannot walk over ${typeInWords(value)}; only over lists, maps and whole numbers`,
      -1,
    );
  }
  const keys = sortedKeys(value);
  execution.spend(keys.length);
  for (const key of keys) {
    if (walk.step(execution, key.toWellFormed(), valueOf(value[key])) === breaks) break;
  }
  return keys.length > 0;
}

function walkedList(execution: Execution, list: ListValue, { step }: Walk): boolean {
  for (let index = 0; index < list.length; index += 1) {
    if (step(execution, new Integer(index, 'int', true), valueOf(list[index])) === breaks) break;
  }
  return list.length > 0;
}

function walkedCount(execution: Execution, count: Integer | number, { step, twoVariables }: Walk): boolean {
  if (twoVariables) throw new TemplateMistake('range over a number has one variable, not two', -1);
  const end = typeof count === 'number' ? count : count.value;
  for (let number = 0; number < end; number += 1) {
    const item = typeof count === 'number' ? number : new Integer(number, count.type, count.byValue);
    if (step(execution, null, item) === breaks) break;
  }
  return end > 0;
}

/** Fresh variables for a template: `$` is what it was called with. */
export function newSlots(count: number, root: Value): Value[] {
  const slots: Value[] = [root];
  for (let index = 1; index < count; index += 1) slots.push(unset);
  return slots;
}

/** Compiles all templates of a set; each may call any other. */
export function compileTemplates(templates: TemplateSet): ReadonlyMap<string, CompiledTemplate> {
  const compiled = new Map<string, CompiledTemplate>();
  for (const [name, { nesting }] of templates) compiled.set(name, { run: () => proceed, slotCount: 1, nesting });
  for (const [name, definition] of templates) {
    const target = compiled.get(name);
    if (target !== undefined) Object.assign(target, new BodyCompiler(compiled).compile(definition));
  }
  return compiled;
}
