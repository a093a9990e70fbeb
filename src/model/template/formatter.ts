/**
 * Go's `fmt` verbs over template values: `printf`, `print` and `println`, with their flags, widths, precisions, argument
 * indexes and the `%!verb(type=value)` texts that a wrong verb leaves in the output.
 *
 * One rule is ours: numbers from data format by value (`%.2f` of 3, `%d` of 1e21, `%s` of any), because people who
 * write about JSON do not know which of its numbers are fractional. Constants of the template format as in Go.
 */
import { byteLength, characterCount, escapedByte, firstCharacters, rejoined } from './byte-text.ts';
import { formatFloat, type FloatVerb } from './float-text.ts';
import { canBackquote, characterOf, hexBytes, isPrintable, quoteCharacter, quoteText } from './quote.ts';
import { EnvelopeRoot, absentData, envelopeFields } from './template-envelope.ts';
import { TemplateMistake } from './template-problem.ts';
import { Complex, Float, Integer, isWhole, sortedKeys, typeName, valueOf } from './value.ts';
import type { ListValue, MapValue, Value } from './value.ts';

/** What formatting may use up; the renderer's counter, so that one bound holds for everything. */
export interface FormatBudget {
  /** Called for each piece of work; throws when the render has used up its share. */
  spend(steps: number): void;
  /** The longest text that may be made, in characters. */
  readonly lengthMax: number;
}

/** Go refuses widths and precisions beyond this, in both directions. */
const sizeMax = 1_000_000;

/** How deep lists and maps may lie in one another when printed; deeper is taken for a loop. */
const depthMax = 500;

interface Flags {
  width: number | null;
  precision: number | null;
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%#v`: Go syntax. */
  sharpV: boolean;
}

function noFlags(): Flags {
  return {
    width: null,
    precision: null,
    minus: false,
    plus: false,
    sharp: false,
    space: false,
    zero: false,
    sharpV: false,
  };
}

/** Where the next verb of a format stands, and which argument it takes. */
interface FormatCursor {
  at: number;
  argument: number;
  /** An argument index was used somewhere: surplus arguments are then no mistake. */
  reordered: boolean;
  goodIndex: boolean;
  afterIndex: boolean;
}

class Formatter {
  readonly #budget: FormatBudget;
  #out = '';
  #flags = noFlags();
  #depth = 0;

  constructor(budget: FormatBudget) {
    this.#budget = budget;
  }

  get text(): string {
    return rejoined(this.#out);
  }

  write(text: string): void {
    this.#out += text;
    // By length too, or a loop that formats long texts would stay within its steps for minutes.
    this.#budget.spend(1 + (text.length >> 4));
    if (this.#out.length > this.#budget.lengthMax) {
      throw new TemplateMistake(
        `the text grows beyond ${this.#budget.lengthMax} characters; print less of the data`,
        -1,
      );
    }
  }

  #padding(count: number): string {
    if (count <= 0) return '';
    return (this.#flags.zero && !this.#flags.minus ? '0' : ' ').repeat(count);
  }

  /** Writes the text, filled up to the width. */
  #pad(text: string): void {
    const { width, minus } = this.#flags;
    if (width === null || width === 0) return this.write(text);
    const padding = this.#padding(width - characterCount(text));
    this.write(minus ? text + padding : padding + text);
  }

  /** As {@link #pad}, but never with zeros: those were written as digits already, or make no sense. */
  #padWithSpaces(text: string): void {
    const { zero } = this.#flags;
    this.#flags.zero = false;
    this.#pad(text);
    this.#flags.zero = zero;
  }

  #truncated(text: string): string {
    const { precision } = this.#flags;
    return precision === null ? text : firstCharacters(text, precision);
  }

  #string(text: string, verb: string): void {
    if (text.length > 64) this.#budget.spend(text.length >> 5);
    switch (verb) {
      case 'v':
        return this.#flags.sharpV ? this.#quoted(text) : this.#pad(this.#truncated(text));
      case 's':
        return this.#pad(this.#truncated(text));
      case 'x':
      case 'X':
        return this.#hexString(text, verb);
      case 'q':
        return this.#quoted(text);
      default:
        return this.#wrongVerb(text, verb);
    }
  }

  #quoted(text: string): void {
    const shown = this.#truncated(text);
    if (this.#flags.sharp && canBackquote(shown)) return this.#pad(`\`${shown}\``);
    this.#pad(quoteText(shown, this.#flags.plus));
  }

  #hexString(text: string, verb: 'x' | 'X'): void {
    const { precision, space, sharp, width, minus } = this.#flags;
    const length = byteLength(text);
    const pairs = hexBytes(text, precision === null ? length : Math.min(precision, length));
    const prefix = sharp ? '0x' : '';
    let digits = '';
    if (pairs.length > 0) digits = space ? pairs.map((pair) => prefix + pair).join(' ') : prefix + pairs.join('');
    if (verb === 'X') digits = digits.toUpperCase();
    const padding = this.#padding((width ?? 0) - digits.length);
    this.write(minus && digits !== '' ? digits + padding : padding + digits);
  }

  #boolean(value: boolean, verb: string): void {
    if (verb === 't' || verb === 'v') this.#pad(String(value));
    else this.#wrongVerb(value, verb);
  }

  #integer(value: Integer | number, verb: string): void {
    const number = BigInt(typeof value === 'number' ? value : value.value);
    const unsigned = value instanceof Integer && value.type === 'uint8';
    switch (verb) {
      case 'v':
        if (!this.#flags.sharpV || !unsigned) return this.#digits(number, 10, verb);
        this.#flags.sharp = true;
        this.#digits(number, 16, verb);
        this.#flags.sharp = false;
        return;
      case 'd':
        return this.#digits(number, 10, verb);
      case 'b':
        return this.#digits(number, 2, verb);
      case 'o':
      case 'O':
        return this.#digits(number, 8, verb);
      case 'x':
      case 'X':
        return this.#digits(number, 16, verb);
      case 'c':
        return this.#pad(String.fromCodePoint(characterOf(number)));
      case 'q':
        return this.#pad(quoteCharacter(characterOf(number), this.#flags.plus));
      case 'U':
        return this.#unicode(number);
      default:
        if (!this.#numberByValue(value, verb)) this.#wrongVerb(value, verb);
    }
  }

  /** Verbs of the other kind of number, and `%s`, for numbers of the data. Says whether it wrote. */
  #numberByValue(value: Value, verb: string): boolean {
    if (typeof value !== 'number') return false;
    if (verb === 's') this.value(value, 'v');
    else if ('feEgGF'.includes(verb)) this.#float(value, verb);
    else if ('dcqUoO'.includes(verb) && Number.isInteger(value)) {
      // Beyond 2^53 a number from data is a float to Go, but it is a whole number all the same.
      this.#integer(new Integer(BigInt(value), 'int', false), verb);
    } else return false;
    return true;
  }

  #digits(value: bigint, base: 2 | 8 | 10 | 16, verb: string): void {
    const { precision, width, zero, minus, plus, space, sharp } = this.#flags;
    const negative = value < 0n;
    if (precision === 0 && value === 0n) return this.write(' '.repeat(width ?? 0));
    let least = precision ?? 0;
    if (precision === null && zero && !minus && width !== null) least = width - (negative || plus || space ? 1 : 0);
    let text = (negative ? -value : value).toString(base).padStart(least, '0');
    if (sharp) {
      if (base === 2) text = `0b${text}`;
      else if (base === 8) text = text.startsWith('0') ? text : `0${text}`;
      else if (base === 16) text = `0x${text}`;
    }
    if (verb === 'X') text = text.toUpperCase();
    if (verb === 'O') text = `0o${text}`;
    this.#padWithSpaces((negative ? '-' : plus ? '+' : space ? ' ' : '') + text);
  }

  #unicode(value: bigint): void {
    const { precision, sharp } = this.#flags;
    const unsigned = BigInt.asUintN(64, value);
    let text = `U+${unsigned
      .toString(16)
      .toUpperCase()
      .padStart(Math.max(precision ?? 0, 4), '0')}`;
    if (sharp && unsigned <= 0x10ffffn && isPrintable(Number(unsigned))) {
      text += ` '${String.fromCodePoint(Number(unsigned))}'`;
    }
    this.#padWithSpaces(text);
  }

  #float(value: number, verb: string): void {
    switch (verb) {
      case 'v':
        return this.#floatDigits(value, 'g', -1);
      case 'b':
      case 'g':
      case 'G':
      case 'x':
      case 'X':
        return this.#floatDigits(value, verb, -1);
      case 'f':
      case 'e':
      case 'E':
        return this.#floatDigits(value, verb, 6);
      case 'F':
        return this.#floatDigits(value, 'f', 6);
    }
  }

  #floatDigits(value: number, verb: FloatVerb, usualPrecision: number): void {
    const { plus, space, sharp, zero, minus, width, precision } = this.#flags;
    const places = precision ?? usualPrecision;
    const text = formatFloat(value, verb, places);
    const signed = text.startsWith('-') || text.startsWith('+');
    let sign = signed ? text.charAt(0) : '+';
    let digits = signed ? text.slice(1) : text;
    if (space && sign === '+' && !plus) sign = ' ';
    if (!Number.isFinite(value)) {
      const showsSign = !Number.isNaN(value) || space || plus;
      return this.#padWithSpaces((showsSign ? sign : '') + digits);
    }
    if (sharp && verb !== 'b') digits = withPoint(digits, verb, places);
    if (!plus && sign === '+') return this.#pad(digits);
    if (zero && !minus && width !== null && width > digits.length + 1) {
      return this.write(sign + this.#padding(width - digits.length - 1) + digits);
    }
    this.#pad(sign + digits);
  }

  #complex(value: Complex, verb: string): void {
    if (!'vbgGxXfFeE'.includes(verb)) return this.#wrongVerb(value, verb);
    const { plus } = this.#flags;
    this.write('(');
    this.#float(value.real, verb);
    this.#flags.plus = true;
    this.#float(value.imaginary, verb);
    this.#flags.plus = plus;
    this.write('i)');
  }

  /** `%!d(string=x)`: the verb does not fit the value. */
  #wrongVerb(value: Value, verb: string): void {
    this.write(`%!${verb}(`);
    if (value === null) this.write('<nil>');
    else {
      this.write(`${typeName(value)}=`);
      this.value(value, 'v');
    }
    this.write(')');
  }

  /** An argument of a verb, or of `print`. */
  argument(value: Value, verb: string): void {
    if (value === null) return verb === 'v' || verb === 'T' ? this.#pad('<nil>') : this.#wrongVerb(null, verb);
    if (verb === 'T') return this.#pad(this.#truncated(typeName(value)));
    // An address says nothing to a reader and is different each time; nothing here has one.
    if (verb === 'p' || (verb === 'w' && typeof value === 'object')) return this.#wrongVerb(value, verb);
    this.value(value, verb);
  }

  value(value: Value, verb: string): void {
    switch (typeof value) {
      case 'string':
        return this.#string(value, verb);
      case 'boolean':
        return this.#boolean(value, verb);
      case 'number':
        if (isWhole(value)) return this.#integer(value, verb);
        return this.#floatVerb(value, value, verb);
      default:
        if (value === null) return this.write(this.#flags.sharpV ? 'interface {}(nil)' : '<nil>');
        if (value instanceof Integer) return this.#integer(value, verb);
        if (value instanceof Float) return this.#floatVerb(value, value.value, verb);
        if (value instanceof Complex) return this.#complex(value, verb);
        return this.#composite(value, verb);
    }
  }

  #floatVerb(value: Value, number: number, verb: string): void {
    if ('vbgGxXfFeE'.includes(verb)) this.#float(number, verb);
    else if (!this.#numberByValue(value, verb)) this.#wrongVerb(value, verb);
  }

  #composite(value: ListValue | MapValue | EnvelopeRoot, verb: string): void {
    this.#depth += 1;
    if (this.#depth > depthMax) throw new TemplateMistake(`the value lies more than ${depthMax} levels deep`, -1);
    if (Array.isArray(value)) this.#list(value as ListValue, verb);
    else if (value instanceof EnvelopeRoot) {
      this.#map(Object.fromEntries(envelopeFields.map((field) => [field, value[field]])), verb);
    } else this.#map(value as MapValue, verb);
    this.#depth -= 1;
  }

  #list(list: ListValue, verb: string): void {
    const { sharpV } = this.#flags;
    this.write(sharpV ? '[]interface {}{' : '[');
    for (let index = 0; index < list.length; index += 1) {
      if (index > 0) this.write(sharpV ? ', ' : ' ');
      this.value(valueOf(list[index]), verb);
    }
    this.write(sharpV ? '}' : ']');
  }

  #map(map: MapValue, verb: string): void {
    const { sharpV } = this.#flags;
    if (sharpV && map === absentData) return this.write('map[string]interface {}(nil)');
    this.write(sharpV ? 'map[string]interface {}{' : 'map[');
    let first = true;
    for (const key of sortedKeys(map)) {
      if (!first) this.write(sharpV ? ', ' : ' ');
      first = false;
      this.#string(key.toWellFormed(), verb);
      this.write(':');
      this.value(valueOf(map[key]), verb);
    }
    this.write(sharpV ? '}' : ']');
  }

  /** `Sprintf`. */
  format(format: string, values: readonly Value[]): void {
    const cursor: FormatCursor = { at: 0, argument: 0, reordered: false, goodIndex: true, afterIndex: false };
    while (cursor.at < format.length) {
      const percent = format.indexOf('%', cursor.at);
      if (percent !== cursor.at) this.write(format.slice(cursor.at, percent < 0 ? format.length : percent));
      if (percent < 0) break;
      cursor.at = percent + 1;
      this.#directive(format, cursor, values);
    }
    if (!cursor.reordered && cursor.argument < values.length) this.#surplus(values.slice(cursor.argument));
  }

  #surplus(values: readonly Value[]): void {
    this.#flags = noFlags();
    this.write('%!(EXTRA ');
    values.forEach((value, index) => {
      if (index > 0) this.write(', ');
      if (value === null) return this.write('<nil>');
      this.write(`${typeName(value)}=`);
      this.argument(value, 'v');
    });
    this.write(')');
  }

  /** One directive, the percent sign already read: flags, width, precision, verb. */
  #directive(format: string, cursor: FormatCursor, values: readonly Value[]): void {
    this.#flags = noFlags();
    cursor.goodIndex = true;
    this.#readFlags(format, cursor);
    readIndex(format, cursor, values.length);
    this.#readWidth(format, cursor, values);
    this.#readPrecision(format, cursor, values);
    if (!cursor.afterIndex) readIndex(format, cursor, values.length);
    if (cursor.at >= format.length) return this.write('%!(NOVERB)');
    const codePoint = format.codePointAt(cursor.at) ?? 0;
    const character = String.fromCodePoint(codePoint);
    cursor.at += character.length;
    const verb = escapedByte(codePoint) >= 0 ? '\ufffd' : character;
    if (verb === '%') return this.write('%');
    if (!cursor.goodIndex) return this.write(`%!${verb}(BADINDEX)`);
    if (cursor.argument >= values.length) return this.write(`%!${verb}(MISSING)`);
    if (verb === 'v' || verb === 'w') {
      this.#flags.sharpV = this.#flags.sharp;
      this.#flags.sharp = false;
      // `%+v` names the fields of structs, of which there are none.
      this.#flags.plus = false;
    }
    this.argument(values[cursor.argument] ?? null, verb);
    cursor.argument += 1;
  }

  #readFlags(format: string, cursor: FormatCursor): void {
    for (; cursor.at < format.length; cursor.at += 1) {
      switch (format.charAt(cursor.at)) {
        case '#':
          this.#flags.sharp = true;
          break;
        case '0':
          this.#flags.zero = true;
          break;
        case '+':
          this.#flags.plus = true;
          break;
        case '-':
          this.#flags.minus = true;
          break;
        case ' ':
          this.#flags.space = true;
          break;
        default:
          return;
      }
    }
  }

  #readWidth(format: string, cursor: FormatCursor, values: readonly Value[]): void {
    if (format.charAt(cursor.at) === '*') {
      cursor.at += 1;
      const width = takeSize(cursor, values);
      if (width === null) this.write('%!(BADWIDTH)');
      this.#flags.width = width === null ? null : Math.abs(width);
      if (width !== null && width < 0) {
        this.#flags.minus = true;
        this.#flags.zero = false;
      }
      cursor.afterIndex = false;
      return;
    }
    this.#flags.width = readNumber(format, cursor);
    if (cursor.afterIndex && this.#flags.width !== null) cursor.goodIndex = false;
  }

  #readPrecision(format: string, cursor: FormatCursor, values: readonly Value[]): void {
    if (cursor.at + 1 >= format.length || format.charAt(cursor.at) !== '.') return;
    cursor.at += 1;
    if (cursor.afterIndex) cursor.goodIndex = false;
    readIndex(format, cursor, values.length);
    if (format.charAt(cursor.at) === '*') {
      cursor.at += 1;
      const precision = takeSize(cursor, values);
      this.#flags.precision = precision === null || precision < 0 ? null : precision;
      if (this.#flags.precision === null) this.write('%!(BADPREC)');
      cursor.afterIndex = false;
      return;
    }
    this.#flags.precision = readNumber(format, cursor) ?? 0;
  }
}

/** The point and the zeros that `#` asks for. */
function withPoint(text: string, verb: FloatVerb, precision: number): string {
  const hexadecimal = verb === 'x' || verb === 'X';
  const exponentAt = text.search(hexadecimal ? /[pP]/ : /[eE]/);
  let digits = exponentAt < 0 ? text : text.slice(0, exponentAt);
  const exponent = exponentAt < 0 ? '' : text.slice(exponentAt);
  let missing = 0;
  if (verb === 'g' || verb === 'G' || verb === 'x') {
    // `x` counts its 0x as digits too, as Go does.
    missing = (precision < 0 ? 6 : precision) - digits.replace('.', '').replace(/^0+/, '').length;
  }
  if (!digits.includes('.')) {
    if (digits === '0') missing -= 1;
    digits += '.';
  }
  return digits + '0'.repeat(Math.max(missing, 0)) + exponent;
}

/** Reads decimal digits; null when there are none. A number too large to be meant skips the rest of the format. */
function readNumber(format: string, cursor: FormatCursor): number | null {
  let number: number | null = null;
  for (; cursor.at < format.length; cursor.at += 1) {
    const digit = format.charCodeAt(cursor.at) - 0x30;
    if (digit < 0 || digit > 9) break;
    if ((number ?? 0) > sizeMax) {
      cursor.at = format.length;
      return null;
    }
    number = (number ?? 0) * 10 + digit;
  }
  return number;
}

/** Reads `[n]`, which makes the n-th argument the next one. */
function readIndex(format: string, cursor: FormatCursor, count: number): void {
  cursor.afterIndex = false;
  if (format.charAt(cursor.at) !== '[') return;
  cursor.reordered = true;
  const end = format.indexOf(']', cursor.at);
  if (end < 0 || format.length - cursor.at < 3) {
    cursor.at += 1;
    cursor.goodIndex = false;
    return;
  }
  const inside = format.slice(cursor.at + 1, end);
  cursor.at = end + 1;
  const numberCursor = { ...cursor, at: 0 };
  const number = readNumber(inside, numberCursor);
  cursor.afterIndex = number !== null && numberCursor.at === inside.length;
  if (cursor.afterIndex && number !== null && number >= 1 && number <= count) cursor.argument = number - 1;
  else cursor.goodIndex = false;
}

/** The argument that `*` takes as width or precision; null when it is no whole number of a sensible size. */
function takeSize(cursor: FormatCursor, values: readonly Value[]): number | null {
  if (cursor.argument >= values.length) return null;
  const value = values[cursor.argument] ?? null;
  cursor.argument += 1;
  const number = value instanceof Integer ? Number(value.value) : value;
  if (typeof number !== 'number' || !isWhole(number)) return null;
  return Math.abs(number) > sizeMax ? null : number;
}

/** Go's `Sprintf`. */
export function sprintf(budget: FormatBudget, format: string, values: readonly Value[]): string {
  const formatter = new Formatter(budget);
  formatter.format(format, values);
  return formatter.text;
}

/** Go's `Sprint`: a space between two operands when neither is a text. */
export function sprint(budget: FormatBudget, values: readonly Value[]): string {
  const formatter = new Formatter(budget);
  values.forEach((value, index) => {
    if (index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string') formatter.write(' ');
    formatter.argument(value, 'v');
  });
  return formatter.text;
}

/** Go's `Sprintln`: always a space between operands, and a line break at the end. */
export function sprintln(budget: FormatBudget, values: readonly Value[]): string {
  const formatter = new Formatter(budget);
  values.forEach((value, index) => {
    if (index > 0) formatter.write(' ');
    formatter.argument(value, 'v');
  });
  formatter.write('\n');
  return formatter.text;
}
