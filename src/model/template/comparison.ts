/** `eq`, `lt` and the others: Go's rules, but numbers that come from data compare by value, whole or not. */
import { compareBytes } from './byte-text.ts';
import { absentData } from './template-envelope.ts';
import { TemplateMistake } from './template-problem.ts';
import { Complex, Float, Integer, kindOf, typeInWords, type Kind, type Value } from './value.ts';

type Real = number | bigint;

function isNumeric(kind: Kind): boolean {
  return kind === 'int' || kind === 'uint' || kind === 'float';
}

function realOf(value: Value): Real {
  return value instanceof Integer || value instanceof Float ? value.value : (value as number);
}

function comparesByValue(value: Value): boolean {
  return typeof value === 'number' || (value instanceof Integer && value.byValue);
}

/** Whether two numeric kinds may meet: whole numbers always, a whole and a fractional one if either is from data. */
function mayMeet(left: { value: Value; kind: Kind }, right: { value: Value; kind: Kind }): boolean {
  const mixed = (left.kind === 'float') !== (right.kind === 'float');
  return !mixed || comparesByValue(left.value) || comparesByValue(right.value);
}

function incompatible(left: Value, right: Value): TemplateMistake {
  const constants = isNumeric(kindOf(left)) && isNumeric(kindOf(right));
  const hint = constants ? '; write both numbers with a decimal point or both without' : '';
  return new TemplateMistake(`cannot compare ${typeInWords(left)} with ${typeInWords(right)}${hint}`, -1);
}

/** Whether Go would call it nil: null, or a map that is not there at all. */
function isNil(value: Value): boolean {
  return value === null || value === absentData;
}

function isBasic(kind: Kind): boolean {
  return kind !== 'nil' && kind !== 'list' && kind !== 'map' && kind !== 'envelope';
}

function equalPair(left: Value, right: Value): boolean {
  if (typeof left === 'string' && typeof right === 'string') return left === right;
  const leftKind = kindOf(left);
  const rightKind = kindOf(right);
  if (isNumeric(leftKind) && isNumeric(rightKind)) {
    if (!mayMeet({ value: left, kind: leftKind }, { value: right, kind: rightKind })) throw incompatible(left, right);
    // Loose on purpose: a number and a bigint of the same value are equal, and both operands are numeric.
    // oxlint-disable-next-line eqeqeq
    return realOf(left) == realOf(right);
  }
  if (leftKind === 'nil' || rightKind === 'nil') {
    return !isBasic(leftKind) && !isBasic(rightKind) && isNil(left) === isNil(right);
  }
  if (leftKind !== rightKind) throw incompatible(left, right);
  if (left instanceof Complex && right instanceof Complex) {
    return left.real === right.real && left.imaginary === right.imaginary;
  }
  if (isBasic(leftKind) || leftKind === 'envelope') return left === right;
  if (isNil(left) || isNil(right)) return isNil(left) === isNil(right);
  throw new TemplateMistake(`${typeInWords(left)} cannot be compared; compare its fields or its len`, -1);
}

/** `eq a b c`: whether the first equals any of the others. */
export function equalsAny(values: readonly Value[]): boolean {
  const [first = null, ...others] = values;
  if (others.length === 0) throw new TemplateMistake('eq needs something to compare with: eq .Kind "webhook"', -1);
  for (const other of others) if (equalPair(first, other)) return true;
  return false;
}

export function equals(left: Value, right: Value): boolean {
  return equalPair(left, right);
}

/** `lt`: numbers by value, texts by their bytes; nothing else has an order. */
export function isLess(left: Value, right: Value): boolean {
  if (typeof left === 'string' && typeof right === 'string') return compareBytes(left, right) < 0;
  const leftKind = kindOf(left);
  const rightKind = kindOf(right);
  if (isNumeric(leftKind) && isNumeric(rightKind)) {
    if (!mayMeet({ value: left, kind: leftKind }, { value: right, kind: rightKind })) throw incompatible(left, right);
    return realOf(left) < realOf(right);
  }
  if (leftKind !== rightKind) throw incompatible(left, right);
  throw new TemplateMistake(`${typeInWords(left)} has no order; only numbers and texts can be compared so`, -1);
}

export function isLessOrEqual(left: Value, right: Value): boolean {
  return isLess(left, right) || equalPair(left, right);
}
