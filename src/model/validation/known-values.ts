/** One of a few known words: the check behind every enumeration of the model. */
import { suggest } from '../../lib/suggest.ts';
import type { Problem } from '../problem.ts';
import { shownValue, valueKind } from './value-kind.ts';

/** What is wrong with `value`, without a path; undefined when it is one of `known`. */
export function unknownValue(p: {
  value: unknown;
  known: readonly string[];
  noun: string;
}): Omit<Problem, 'path'> | undefined {
  const { known, noun } = p;
  const value = p.value ?? '';
  const choices = listed(known);
  if (typeof value !== 'string') {
    const message = `The ${noun} is text, one of ${choices}, not ${valueKind(value)}.`;
    const plain = shownValue(value);
    return plain === undefined ? { code: 'wrong_type', message } : { code: 'wrong_type', message, value: plain };
  }
  if (known.includes(value)) return undefined;
  const code = 'unknown_value';
  if (value === '') return { code, message: `A ${noun} is needed: one of ${choices}.` };
  const meant = suggest(value, known);
  const question = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  return { code, message: `The ${noun} must be one of ${choices}.${question}`, value: shownValue(value) };
}

/** `"a", "b" or "c"`. */
function listed(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
