/**
 * The values that templates compute with.
 *
 * Data keeps its JSON shape: null, boolean, string, number, array, object. A JavaScript number is always a number that
 * came from data; those count and format by value. Numbers written in the template are Go constants with a type of
 * their own ({@link Integer}, {@link Float}, {@link Complex}), and mixing the types of two constants is a mistake, as in Go.
 */
import { compareBytes } from './byte-text.ts';
import { EnvelopeRoot } from './template-envelope.ts';

/**
 * Go's `int` and `uint8`. `byValue` marks those that were counted from data (`len .Data.items`, a range's index):
 * they compare with fractions, as numbers of the data do, but format as Go's `int`.
 */
export class Integer {
  /** A bigint only beyond 2^53. */
  readonly value: number | bigint;
  readonly type: 'int' | 'uint8';
  readonly byValue: boolean;

  constructor(value: number | bigint, type: 'int' | 'uint8', byValue: boolean) {
    this.value = value;
    this.type = type;
    this.byValue = byValue;
  }
}

/** A fractional constant of the template, Go's `float64`. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** An imaginary constant of the template, Go's `complex128`. */
export class Complex {
  readonly real: number;
  readonly imaginary: number;

  constructor(real: number, imaginary: number) {
    this.real = real;
    this.imaginary = imaginary;
  }
}

export type MapValue = Readonly<Record<string, unknown>>;
export type ListValue = readonly unknown[];

export type Value = null | boolean | string | number | Integer | Float | Complex | ListValue | MapValue | EnvelopeRoot;

/** What a value is, coarsely; most rules are about this. */
export type Kind = 'nil' | 'bool' | 'string' | 'int' | 'uint' | 'float' | 'complex' | 'list' | 'map' | 'envelope';

/** Whether the value is a map of data. */
export function isMap(value: Value): value is MapValue {
  return kindOf(value) === 'map';
}

/** Whether a number from data is a whole number (Go's `int64`): integral and below 2^53 in magnitude. */
export const isWhole: (value: number) => boolean = Number.isSafeInteger;

export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return isWhole(value) ? 'int' : 'float';
    case 'boolean':
      return 'bool';
    default:
      if (value === null) return 'nil';
      if (Array.isArray(value)) return 'list';
      if (value instanceof Integer) return value.type === 'int' ? 'int' : 'uint';
      if (value instanceof Float) return 'float';
      if (value instanceof Complex) return 'complex';
      return value instanceof EnvelopeRoot ? 'envelope' : 'map';
  }
}

/**
 * A value found in data as a template value. JSON needs no change but for lone surrogates, which Go reads as U+FFFD;
 * what JSON cannot hold is made into what it would become there.
 */
export function valueOf(found: unknown): Value {
  switch (typeof found) {
    case 'string':
      return found.isWellFormed() ? found : found.toWellFormed();
    case 'number':
    case 'boolean':
      return found;
    case 'bigint':
      return Number.isSafeInteger(Number(found)) ? Number(found) : new Integer(BigInt.asIntN(64, found), 'int', true);
    case 'object':
      return found instanceof Date ? dateText(found) : (found as Value);
    default:
      return null;
  }
}

function dateText(date: Date): Value {
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Whether the map has the key itself; what it inherits (`constructor`, `toString`) is not data. */
export function hasKey(map: MapValue, key: string): boolean {
  return Object.hasOwn(map, key) && map[key] !== undefined;
}

/** The map's keys in the order in which Go walks and prints them: by their bytes. */
export function sortedKeys(map: MapValue): string[] {
  const keys = Object.keys(map).filter((key) => map[key] !== undefined);
  return keys.sort(compareBytes);
}

/** Go's notion of truth: not the zero of its type, and not empty. */
export function isTrue(value: Value): boolean {
  switch (typeof value) {
    case 'string':
      return value !== '';
    case 'number':
      return value !== 0;
    case 'boolean':
      return value;
    default:
      if (value === null) return false;
      if (Array.isArray(value)) return value.length > 0;
      if (value instanceof Integer) return value.value !== 0;
      if (value instanceof Float) return value.value !== 0;
      if (value instanceof Complex) return value.real !== 0 || value.imaginary !== 0;
      if (value instanceof EnvelopeRoot) return true;
      return hasAnyKey(value as MapValue);
  }
}

function hasAnyKey(map: MapValue): boolean {
  for (const key in map) if (hasKey(map, key)) return true;
  return false;
}

/** The name of the value's type as `%T` prints it. */
export function typeName(value: Value): string {
  switch (kindOf(value)) {
    case 'nil':
      return '<nil>';
    case 'int':
      return value instanceof Integer ? 'int' : 'int64';
    case 'uint':
      return 'uint8';
    case 'float':
      return 'float64';
    case 'complex':
      return 'complex128';
    case 'list':
      return '[]interface {}';
    case 'map':
      return 'map[string]interface {}';
    case 'envelope':
      return 'envelope';
    case 'bool':
      return 'bool';
    case 'string':
      return 'string';
  }
}

/** The type in words, for messages to people who may not know Go. */
export function typeInWords(value: Value): string {
  switch (kindOf(value)) {
    case 'nil':
      return 'null';
    case 'int':
    case 'uint':
      return 'a whole number';
    case 'float':
      return 'a fractional number';
    case 'complex':
      return 'an imaginary number';
    case 'list':
      return 'a list';
    case 'map':
      return 'a map';
    case 'envelope':
      return 'the whole envelope';
    case 'bool':
      return 'a boolean';
    case 'string':
      return 'a text';
  }
}
