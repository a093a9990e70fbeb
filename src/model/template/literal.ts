/** Literals of the template language, which are Go's: quoted texts, character constants, numbers. */
import { rejoined, textOfByte } from './byte-text.ts';
import { TemplateMistake, quoted } from './template-problem.ts';
import { Complex, Float, Integer, type Value } from './value.ts';

const letterEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

const numericEscape = /x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})/y;

interface Character {
  /** The value that a character constant has: the code point, or the byte of `\xff`. */
  readonly code: number;
  readonly text: string;
  readonly length: number;
}

function isCharacter(code: number): boolean {
  return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

/** One character or escape sequence at `at`; null when it is none. */
function characterAt(source: string, at: number, quote: string): Character | null {
  const code = source.codePointAt(at) ?? 0;
  if (source.charAt(at) !== '\\') {
    const text = String.fromCodePoint(code);
    return { code, text, length: text.length };
  }
  const letter = source.charAt(at + 1);
  const known = letter === quote ? quote : Object.hasOwn(letterEscapes, letter) ? letterEscapes[letter] : undefined;
  if (known !== undefined) return { code: known.charCodeAt(0), text: known, length: 2 };
  numericEscape.lastIndex = at + 1;
  const match = numericEscape.exec(source);
  if (match === null) return null;
  const length = match[0].length + 1;
  const [, byteDigits, short, long, octal] = match;
  if (byteDigits !== undefined || octal !== undefined) {
    const byte = byteDigits === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(byteDigits, 16);
    return byte > 255 ? null : { code: byte, text: textOfByte(byte), length };
  }
  const point = Number.parseInt(short ?? long ?? '', 16);
  return isCharacter(point) ? { code: point, text: String.fromCodePoint(point), length } : null;
}

/** The text of a quoted or backquoted literal, quotes included in `source`. */
export function unquote(source: string, position: number): string {
  // Carriage returns are no part of a raw text, so that a file means the same on every system.
  if (source.startsWith('`')) return source.slice(1, -1).replaceAll('\r', '');
  if (!source.includes('\\')) return source.slice(1, -1);
  let text = '';
  for (let at = 1; at < source.length - 1;) {
    const character = characterAt(source, at, '"');
    if (character === null || at + character.length > source.length - 1) {
      throw new TemplateMistake(
        'invalid escape in a quoted text; write a backslash as \\\\ or use a raw text in backquotes',
        position + at,
      );
    }
    text += character.text;
    at += character.length;
  }
  return rejoined(text);
}

/** The value of a character constant such as `'a'` or `'\n'`. */
export function characterConstant(source: string, position: number): Value {
  const character = source.charAt(1) === "'" ? null : characterAt(source, 1, "'");
  if (character === null || source.slice(1 + character.length) !== "'") {
    throw new TemplateMistake(`${quoted(source)} is not one character; texts stand in double quotes`, position);
  }
  return new Integer(character.code, 'int', false);
}

/** Whether underscores stand only between digits, or after a base prefix. */
function underscoresAreRight(source: string): boolean {
  if (!source.includes('_')) return true;
  const number = source.replace(/^[+-]/, '');
  const prefixed = /^0[bBoOxX]/.test(number);
  const hexadecimal = /^0[xX]/.test(number);
  const rest = prefixed ? `0${number.slice(2)}` : number;
  const digit = hexadecimal ? /[0-9a-fA-F]/ : /[0-9]/;
  for (let at = rest.indexOf('_'); at >= 0; at = rest.indexOf('_', at + 1)) {
    if (!digit.test(rest.charAt(at - 1)) || !digit.test(rest.charAt(at + 1))) return false;
  }
  return true;
}

const integerShape = /^([+-]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;

/** A whole number in any base; null when the source is none. */
function wholeNumber(source: string): bigint | null {
  if (!underscoresAreRight(source)) return null;
  const match = integerShape.exec(source.replaceAll('_', ''));
  if (match === null) return null;
  const [, sign, hex, binary, octal, decimal] = match;
  const digits =
    hex !== undefined
      ? `0x${hex}`
      : binary !== undefined
        ? `0b${binary}`
        : octal !== undefined
          ? `0o${octal}`
          : decimal;
  const magnitude = BigInt(digits ?? '0');
  return sign === '-' ? -magnitude : magnitude;
}

const decimalShape = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const hexShape = /^([+-]?)0[xX](?:([0-9a-fA-F]+)\.?([0-9a-fA-F]*)|\.([0-9a-fA-F]+))[pP]([+-]?[0-9]+)$/;

/** mantissa × 2^exponent as the nearest double, ties to even; infinite when it is too large. */
function scaledMantissa(mantissa: bigint, exponent: number): number {
  if (mantissa === 0n) return 0;
  const bits = mantissa.toString(2).length;
  if (bits + exponent > 1025) return Number.POSITIVE_INFINITY;
  if (bits + exponent < -1080) return 0;
  // How many bits a double keeps at this magnitude: 53, fewer for the smallest.
  const kept = Math.min(53, bits + exponent + 1074);
  const dropped = bits - kept;
  if (dropped <= 0) return Number(mantissa) * 2 ** exponent;
  const unit = 1n << BigInt(dropped);
  const rest = mantissa % unit;
  let rounded = mantissa / unit;
  if (rest * 2n > unit || (rest * 2n === unit && (rounded & 1n) === 1n)) rounded += 1n;
  return Number(rounded) * 2 ** (exponent + dropped);
}

/** A fractional number as `strconv.ParseFloat` reads it; null when the source is none or too large. */
function fractionalNumber(source: string): number | null {
  if (!underscoresAreRight(source)) return null;
  const plain = source.replaceAll('_', '');
  if (decimalShape.test(plain)) {
    const number = Number(plain);
    return Number.isFinite(number) ? number : null;
  }
  const match = hexShape.exec(plain);
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', bare = '', power = '0'] = match;
  const mantissa = BigInt(`0x${whole}${fraction}${bare}`);
  const number = scaledMantissa(mantissa, Number(power) - 4 * (fraction.length + bare.length));
  if (!Number.isFinite(number)) return null;
  return sign === '-' ? -number : number;
}

function complexNumber(source: string): Complex | null {
  const body = source.slice(0, -1);
  const split = Math.max(lastSign(body, '+'), lastSign(body, '-'));
  const real = split > 0 ? fractionalNumber(body.slice(0, split)) : 0;
  const imaginary = fractionalNumber(split > 0 ? body.slice(split) : body);
  return real === null || imaginary === null ? null : new Complex(real, imaginary);
}

/** The last sign that is not that of an exponent. */
function lastSign(source: string, sign: string): number {
  for (let at = source.lastIndexOf(sign); at > 0; at = source.lastIndexOf(sign, at - 1)) {
    const before = source.charAt(at - 1).toLowerCase();
    const hexadecimal = /0[xX]/.test(source.slice(0, at));
    if (before !== 'p' && (before !== 'e' || hexadecimal)) return at;
  }
  return -1;
}

const intMin = -(1n << 63n);
const intMax = (1n << 63n) - 1n;
const uintMax = (1n << 64n) - 1n;

/**
 * The value of a number. Go allows constants between 2^63 and 2^64 in a template but cannot use them:
 * those come back as a plain bigint, for which there is no value.
 */
export function numberConstant(source: string, position: number): Value | bigint {
  const illegal = (): TemplateMistake => new TemplateMistake(`${quoted(source)} is not a number`, position);
  if (source.endsWith('i')) {
    const complex = complexNumber(source);
    if (complex === null) throw illegal();
    return complex;
  }
  const whole = wholeNumber(source);
  const fitsInt = whole !== null && whole >= intMin && whole <= intMax;
  // Go reads an unsigned number without any sign, even a plus.
  const fitsUint = whole !== null && /^[0-9]/.test(source) && whole <= uintMax;
  const hexadecimal = /^0[xX]/.test(source);
  if (fitsInt || fitsUint) {
    // A quirk of Go: the `e` of a signed hexadecimal number is taken for an exponent, which makes a float of it.
    if (!hexadecimal && /[.eEpP]/.test(source)) return new Float(Number(whole));
    if (!fitsInt) return whole;
    const number = Number(whole);
    return new Integer(Number.isSafeInteger(number) ? number : whole, 'int', false);
  }
  if (!/[.eEpP]/.test(source)) {
    if (whole !== null || fractionalNumber(source) !== null) {
      throw new TemplateMistake(
        `${quoted(source)} is not a whole number that fits 64 bits; leading zeros mean octal, fractions need a point`,
        position,
      );
    }
    throw illegal();
  }
  const fraction = fractionalNumber(source);
  if (fraction === null) throw illegal();
  return new Float(fraction);
}
