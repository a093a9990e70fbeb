/** Reading fields: of the envelope, and of maps in its data. */
import { suggest } from '../../lib/suggest.ts';
import { EnvelopeRoot, envelopeFields, isEnvelopeField } from './template-envelope.ts';
import { TemplateMistake, quoted } from './template-problem.ts';
import { hasKey, isMap, typeInWords, valueOf, type MapValue, type Value } from './value.ts';

/** What to do about a key that a map of the data lacks: fail, give nil, or give {@link missing} to whoever asks on. */
export type OnMissing = 'fail' | 'nil' | 'mark';

/**
 * Stands for a missing key between two halves of a path, `(.Data.a).b`. Never becomes a value of the template.
 * A key of data cannot be mistaken for it: it is compared by identity.
 */
export const missing = Object.freeze(Object.create(null) as object) as Value;

export interface FieldPath {
  readonly names: readonly string[];
  readonly position: number;
  /** How the path's beginning is written, for messages. */
  readonly prefix: string;
}

/** How many keys are compared for "did you mean"; a map may have any number. */
const keysCompared = 200;

function shown({ names, prefix }: FieldPath, upTo: number): string {
  return (
    prefix +
      names
        .slice(0, upTo)
        .map((name) => `.${name}`)
        .join('') || 'the value'
  );
}

function missingKey(path: FieldPath, index: number, map: MapValue): TemplateMistake {
  const name = path.names[index] ?? '';
  const near = suggest(name, Object.keys(map).slice(0, keysCompared));
  const hint =
    near === undefined
      ? `where it may be absent, write {{if ${shown(path, index + 1)}}} or use default`
      : `did you mean ${quoted(near)}? Where it may be absent, write {{if ${shown(path, index + 1)}}} or use default`;
  return new TemplateMistake(`${shown(path, index)} has no key ${quoted(name)}; ${hint}`, path.position);
}

function noField(path: FieldPath, index: number, value: Value): TemplateMistake {
  const name = path.names[index] ?? '';
  return new TemplateMistake(
    value instanceof EnvelopeRoot
      ? `the envelope has no field ${quoted(`.${name}`)}; known fields are ${envelopeFields.map((field) => `.${field}`).join(' ')}`
      : `${shown(path, index)} is ${typeInWords(value)} and has no field ${quoted(name)}`,
    path.position,
  );
}

/** The value at the end of the path. Own keys only, so `constructor` is a key like any other. */
export function valueAt(start: Value, path: FieldPath, onMissing: OnMissing): Value {
  let value = start;
  const { names } = path;
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] as string;
    if (value instanceof EnvelopeRoot) {
      if (!isEnvelopeField(name)) throw noField(path, index, value);
      value = value[name] as Value;
    } else if (value !== null && isMap(value)) {
      if (hasKey(value, name)) value = valueOf(value[name]);
      else if (onMissing === 'fail') throw missingKey(path, index, value);
      else return onMissing === 'nil' ? null : missing;
    } else throw noField(path, index, value);
  }
  return value;
}
