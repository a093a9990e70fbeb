/** Our functions on texts: `join`, `trim`, `upper`, `lower`, `truncate`. The text comes last, for pipelines. */
import { trimSpace } from '../../lib/go-text.ts';
import { characterCount, firstCharacters } from './byte-text.ts';
import { sprint, type FormatBudget } from './formatter.ts';
import { TemplateMistake } from './template-problem.ts';
import { Integer, isWhole, typeInWords, valueOf, type Value } from './value.ts';

/** A value as text: nothing for nil, otherwise as it prints. */
function textOf(value: Value, budget: FormatBudget): string {
  const text = typeof value === 'string' ? value : value === null ? '' : sprint(budget, [value]);
  budget.spend(text.length >> 5);
  return text;
}

/** `join ", " .Data.items`; nulls are left out. */
export function joinFunction(args: readonly Value[], budget: FormatBudget): Value {
  const [first = null, second = null] = args;
  const list = Array.isArray(first) && typeof second === 'string' ? first : second;
  const separator = list === first ? second : first;
  if (typeof separator !== 'string') {
    throw new TemplateMistake(
      `the separator of join is a text, not ${typeInWords(separator)}: join ", " .Data.items`,
      -1,
    );
  }
  if (list === null) return '';
  if (!Array.isArray(list)) {
    throw new TemplateMistake(`join wants a list, not ${typeInWords(list)}: join ", " .Data.items`, -1);
  }
  let joined = '';
  let isFirst = true;
  for (const item of list as readonly unknown[]) {
    const value = valueOf(item);
    if (value === null) continue;
    joined += (isFirst ? '' : separator) + textOf(value, budget);
    isFirst = false;
    budget.spend(1);
    if (joined.length > budget.lengthMax) {
      throw new TemplateMistake(`the joined text grows beyond ${budget.lengthMax} characters`, -1);
    }
  }
  return joined;
}

export function trimFunction([value = null]: readonly Value[], budget: FormatBudget): Value {
  return trimSpace(textOf(value, budget));
}

export function upperFunction([value = null]: readonly Value[], budget: FormatBudget): Value {
  return textOf(value, budget).toUpperCase();
}

export function lowerFunction([value = null]: readonly Value[], budget: FormatBudget): Value {
  return textOf(value, budget).toLowerCase();
}

/** `truncate 80 .Data.text`: at most that many characters, the ending (`…` unless given) among them. */
export function truncateFunction(args: readonly Value[], budget: FormatBudget): Value {
  const [size = null, second = null] = args;
  const count = Number(size instanceof Integer ? size.value : size);
  if (typeof size === 'string' || size === null || !isWhole(count) || count < 0) {
    throw new TemplateMistake('truncate wants a length first, a whole number: truncate 80 .Data.text', -1);
  }
  const text = textOf(args.at(-1) ?? null, budget);
  const ending = args.length === 3 ? textOf(second, budget) : '…';
  if (text.length <= count || characterCount(text) <= count) return text;
  const kept = count - characterCount(ending);
  return kept < 0 ? firstCharacters(ending, count) : firstCharacters(text, kept) + ending;
}
