/** `get`: a value by its dotted path, nil when anything on the way is missing. */
import { EnvelopeRoot, isEnvelopeField } from './template-envelope.ts';
import type { FormatBudget } from './formatter.ts';
import { hasKey, isMap, valueOf, type Value } from './value.ts';

function child(value: Value, segment: string): Value {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return /^(?:0|[1-9][0-9]{0,8})$/.test(segment) ? valueOf(items[Number(segment)]) : null;
  }
  if (value instanceof EnvelopeRoot) return isEnvelopeField(segment) ? valueOf(value[segment]) : null;
  return isMap(value) && hasKey(value, segment) ? valueOf(value[segment]) : null;
}

/**
 * `get .Data "pull.labels.0"`. Takes its arguments in either order, so that `.Data | get "pull.title"` works too:
 * the path is the text that comes with a value to look into.
 */
export function getFunction(args: readonly Value[], budget: FormatBudget): Value {
  const [first = null, second = null] = args;
  const pathFirst = typeof first === 'string' && typeof second !== 'string';
  const path = pathFirst ? first : second;
  let value = pathFirst ? second : first;
  if (typeof path !== 'string' || path === '') return null;
  const segments = path.split('.');
  budget.spend(segments.length);
  for (const segment of segments) {
    if (value === null) return null;
    value = child(value, segment);
  }
  return value;
}
