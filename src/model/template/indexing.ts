/** `index`, `slice` and `len`, with Go's rules: positions and lengths of texts count bytes. */
import { byteAt, byteLength, byteSlice } from './byte-text.ts';
import { TemplateMistake, quoted } from './template-problem.ts';
import { Integer, hasKey, isMap, isWhole, typeInWords, valueOf, type Value } from './value.ts';

/** The position that a value names, at most `max`. */
function positionOf(value: Value, max: number): number {
  const number = value instanceof Integer ? Number(value.value) : value;
  if (typeof number !== 'number' || !isWhole(number)) {
    throw new TemplateMistake(`${typeInWords(value)} is no position; positions are whole numbers from 0`, -1);
  }
  if (number < 0 || number > max) throw new TemplateMistake(`position ${number} is out of range (length ${max})`, -1);
  return number;
}

function outOfRange(position: number): TemplateMistake {
  return new TemplateMistake(`position ${position} is out of range (length ${position})`, -1);
}

function element(item: Value, key: Value): Value {
  if (typeof item === 'string') {
    const position = positionOf(key, byteLength(item));
    const byte = byteAt(item, position);
    if (byte < 0) throw outOfRange(position);
    return new Integer(byte, 'uint8', true);
  }
  if (Array.isArray(item)) {
    const position = positionOf(key, item.length);
    if (position === item.length) throw outOfRange(position);
    return valueOf(item[position]);
  }
  if (item === null) throw new TemplateMistake(`null has nothing at ${shownKey(key)}`, -1);
  if (!isMap(item))
    throw new TemplateMistake(`${typeInWords(item)} cannot be indexed; only lists, maps and texts can`, -1);
  if (typeof key !== 'string') throw new TemplateMistake(`a map's key is a text, not ${typeInWords(key)}`, -1);
  return hasKey(item, key) ? valueOf(item[key]) : null;
}

function shownKey(key: Value): string {
  return typeof key === 'string' ? `key ${quoted(key)}` : 'that position';
}

/** `index x 1 "y"` is x[1]["y"]. A key that a map lacks gives nil. */
export function indexed(values: readonly Value[]): Value {
  const [first = null, ...keys] = values;
  if (first === null) throw new TemplateMistake('null cannot be indexed', -1);
  let item: Value = first;
  for (const key of keys) item = element(item, key);
  return item;
}

/** `slice x 1 3` is x[1:3], of a list or of a text's bytes. */
export function sliced(values: readonly Value[]): Value {
  const [item = null, ...positions] = values;
  if (positions.length > 3) throw new TemplateMistake('slice takes at most three positions', -1);
  if (typeof item !== 'string' && !Array.isArray(item)) {
    throw new TemplateMistake(`${typeInWords(item)} cannot be sliced; only lists and texts can`, -1);
  }
  if (typeof item === 'string' && positions.length === 3) {
    throw new TemplateMistake('slice of a text takes at most two positions', -1);
  }
  const length = typeof item === 'string' ? byteLength(item) : item.length;
  const [start = 0, end = length, limit = length] = positions.map((position) => positionOf(position, length));
  if (start > end || end > limit) {
    throw new TemplateMistake(
      `the positions of slice must not fall: ${start > end ? `${start} > ${end}` : `${end} > ${limit}`}`,
      -1,
    );
  }
  return typeof item === 'string' ? byteSlice(item, start, end) : (item as readonly Value[]).slice(start, end);
}

/** The number of bytes, items or keys. */
export function lengthOf(value: Value): number {
  if (typeof value === 'string') return byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (isMap(value)) return Object.keys(value).filter((key) => value[key] !== undefined).length;
  throw new TemplateMistake(`${typeInWords(value)} has no length; only texts, lists and maps have`, -1);
}
