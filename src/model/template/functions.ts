/**
 * The functions of the template language: Go's, without `call`, and ours. All are pure.
 * `and` and `or` are here by name only: they stop early, so the compiler evaluates them itself.
 */
import { equals, equalsAny, isLess, isLessOrEqual } from './comparison.ts';
import { dateFunction } from './date-function.ts';
import { durationFunction } from './duration-function.ts';
import { escapeHtml, escapeJs, escapeUrlQuery } from './escape.ts';
import { sprint, sprintf, sprintln, type FormatBudget } from './formatter.ts';
import { indexed, lengthOf, sliced } from './indexing.ts';
import { jsonFunction } from './json-function.ts';
import { getFunction } from './path-lookup.ts';
import { TemplateMistake } from './template-problem.ts';
import { joinFunction, lowerFunction, trimFunction, truncateFunction, upperFunction } from './text-functions.ts';
import { Integer, isTrue, typeInWords, type Value } from './value.ts';

export type FunctionBudget = FormatBudget;

export interface TemplateFunction {
  readonly name: string;
  /** How many arguments it takes, the piped one included. */
  readonly least: number;
  readonly most: number;
  /** Ours refuse a wrong number of arguments when the template is written; Go's only when it is rendered. */
  readonly checkedWhenParsed: boolean;
  /** Whether a missing key among its arguments counts as empty. */
  readonly takesMissing: boolean;
  /** Whether the result is a value of the data, whose fields may be used. */
  readonly givesData: boolean;
  readonly usage: string;
  readonly call: (args: readonly Value[], budget: FunctionBudget) => Value;
}

const unlimited = Number.POSITIVE_INFINITY;

type Call = TemplateFunction['call'];

function goFunction(
  name: string,
  [least, most]: readonly [number, number],
  call: Call,
  traits: Partial<TemplateFunction> = {},
): TemplateFunction {
  return {
    name,
    least,
    most,
    checkedWhenParsed: false,
    takesMissing: false,
    givesData: false,
    usage: name,
    call,
    ...traits,
  };
}

function ourFunction(
  usage: string,
  [least, most]: readonly [number, number],
  call: Call,
  traits: Partial<TemplateFunction> = {},
): TemplateFunction {
  const name = usage.slice(0, usage.indexOf(' '));
  return goFunction(name, [least, most], call, { checkedWhenParsed: true, usage, ...traits });
}

/** The pair of arguments of a function whose arity has been checked. */
function pair(args: readonly Value[]): readonly [Value, Value] {
  return [args[0] ?? null, args[1] ?? null];
}

function compare(holds: (left: Value, right: Value) => boolean): Call {
  return (args, budget) => {
    const [left, right] = pair(args);
    spendOnText(budget, args);
    return holds(left, right);
  };
}

/** Work on long texts costs steps too, or a loop over them could go on for ever within its bound. */
function spendOnText(budget: FunctionBudget, args: readonly Value[]): void {
  let length = 0;
  for (const value of args) if (typeof value === 'string') length += value.length;
  if (length >= 64) budget.spend(length >> 6);
}

/** The text that the escaping functions work on: as `print`, but nil is `<no value>`. */
function printed(args: readonly Value[], budget: FunctionBudget): string {
  const [only] = args;
  const text =
    args.length === 1 && typeof only === 'string'
      ? only
      : sprint(
          budget,
          args.map((value) => value ?? '<no value>'),
        );
  budget.spend(text.length >> 4);
  return text;
}

function bounded(text: string, budget: FunctionBudget): string {
  if (text.length > budget.lengthMax) {
    throw new TemplateMistake(`the text grows beyond ${budget.lengthMax} characters; print less of the data`, -1);
  }
  return text;
}

function escaper(escape: (text: string) => string): Call {
  return (args, budget) => bounded(escape(printed(args, budget)), budget);
}

function printf(args: readonly Value[], budget: FunctionBudget): Value {
  const [format, ...values] = args;
  if (typeof format !== 'string') {
    throw new TemplateMistake(`the format must be a text, not ${typeInWords(format ?? null)}: printf "%v" …`, -1);
  }
  return sprintf(budget, format, values);
}

function evaluatedByCompiler(): Value {
  throw new Error('and/or are evaluated by the compiler');
}

const all: readonly TemplateFunction[] = [
  goFunction('and', [1, unlimited], evaluatedByCompiler, { takesMissing: true }),
  goFunction('or', [1, unlimited], evaluatedByCompiler, { takesMissing: true }),
  goFunction('not', [1, 1], ([value = null]) => !isTrue(value), { takesMissing: true }),
  goFunction('eq', [1, unlimited], (args, budget) => {
    spendOnText(budget, args);
    return equalsAny(args);
  }),
  goFunction(
    'ne',
    [2, 2],
    compare((left, right) => !equals(left, right)),
  ),
  goFunction('lt', [2, 2], compare(isLess)),
  goFunction('le', [2, 2], compare(isLessOrEqual)),
  goFunction(
    'gt',
    [2, 2],
    compare((left, right) => !isLessOrEqual(left, right)),
  ),
  goFunction(
    'ge',
    [2, 2],
    compare((left, right) => !isLess(left, right)),
  ),
  goFunction(
    'index',
    [1, unlimited],
    (args, budget) => {
      spendOnText(budget, args);
      return indexed(args);
    },
    { givesData: true },
  ),
  goFunction('slice', [1, unlimited], (args, budget) => {
    spendOnText(budget, args);
    return sliced(args);
  }),
  goFunction('len', [1, 1], (args, budget) => {
    spendOnText(budget, args);
    return new Integer(lengthOf(args[0] ?? null), 'int', true);
  }),
  goFunction('print', [0, unlimited], (args, budget) => sprint(budget, args)),
  goFunction('println', [0, unlimited], (args, budget) => sprintln(budget, args)),
  goFunction('printf', [1, unlimited], printf),
  goFunction('html', [0, unlimited], escaper(escapeHtml)),
  goFunction('js', [0, unlimited], escaper(escapeJs)),
  goFunction('urlquery', [0, unlimited], escaper(escapeUrlQuery)),
  ourFunction('json [INDENT] VALUE', [1, 2], jsonFunction),
  ourFunction(
    'default FALLBACK VALUE',
    [2, 2],
    (args) => {
      const [fallback, value] = pair(args);
      return isTrue(value) ? value : fallback;
    },
    { takesMissing: true, givesData: true },
  ),
  ourFunction('get VALUE "path.to.field"', [2, 2], getFunction, { takesMissing: true, givesData: true }),
  ourFunction('join SEPARATOR LIST', [2, 2], joinFunction),
  ourFunction('trim TEXT', [1, 1], trimFunction),
  ourFunction('upper TEXT', [1, 1], upperFunction),
  ourFunction('lower TEXT', [1, 1], lowerFunction),
  ourFunction('truncate LENGTH [ENDING] TEXT', [2, 3], truncateFunction),
  ourFunction('date LAYOUT [ZONE] INSTANT', [2, 3], dateFunction),
  ourFunction('duration SECONDS', [1, 1], durationFunction),
];

const byName: ReadonlyMap<string, TemplateFunction> = new Map(all.map((known) => [known.name, known]));

export const functionNames: readonly string[] = [...byName.keys()];

export function functionNamed(name: string): TemplateFunction | undefined {
  return byName.get(name);
}
