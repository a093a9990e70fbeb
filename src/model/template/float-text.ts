/**
 * Floating-point numbers as text, digit for digit as Go's `strconv.FormatFloat` writes them.
 *
 * JavaScript's own conversions are used where they are exact and agree (the shortest digits that read back as the same
 * number); with a precision they round a tie up where Go rounds it to even, so those go through exact integers.
 */

/** The verbs of `FormatFloat`; capital letters write capital exponents and digits. */
export type FloatVerb = 'e' | 'E' | 'f' | 'g' | 'G' | 'x' | 'X' | 'b';

/** Decimal digits without leading or trailing zeros; the number is 0.digits × 10^point. No digits mean zero. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** A double has no more digits behind the point than this; more precision only adds zeros. */
const fractionDigitsMax = 1074;

/** mantissa × 2^exponent, exactly; the exponent of zero is that of the smallest numbers. */
interface Binary {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const scratch = new DataView(new ArrayBuffer(8));

function binaryOf(magnitude: number): Binary {
  scratch.setFloat64(0, magnitude);
  const bits = scratch.getBigUint64(0);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const biased = Number((bits >> 52n) & 0x7ffn);
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10_0000_0000_0000n, exponent: biased - 1075 };
}

/** magnitude × 10^scale rounded to a whole number, ties to even. */
function scaledRounded(magnitude: number, scale: number): bigint {
  const { mantissa, exponent } = binaryOf(magnitude);
  let numerator = mantissa;
  let denominator = 1n;
  if (scale >= 0) numerator *= 10n ** BigInt(scale);
  else denominator *= 10n ** BigInt(-scale);
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const roundsUp = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  return roundsUp ? quotient + 1n : quotient;
}

function decimalOf(whole: bigint, scale: number): Decimal {
  if (whole === 0n) return { digits: '', point: 0 };
  const digits = whole.toString();
  return { digits: digits.replace(/0+$/, ''), point: digits.length - scale };
}

/** The fewest digits that read back as the same number. */
function shortestDecimal(magnitude: number): Decimal {
  if (magnitude === 0) return { digits: '', point: 0 };
  const text = magnitude.toExponential();
  const mark = text.indexOf('e');
  const digits = text.slice(0, mark).replace('.', '');
  return { digits: digits.replace(/0+$/, ''), point: Number(text.slice(mark + 1)) + 1 };
}

/** Rounded to `count` significant digits, at least one. */
function roundedToDigits(magnitude: number, count: number): Decimal {
  if (magnitude === 0) return { digits: '', point: 0 };
  const places = Math.min(count, fractionDigitsMax);
  // The shortest digits may have been rounded up to the next power of ten; then one more place is needed.
  let scale = places - shortestDecimal(magnitude).point;
  let whole = scaledRounded(magnitude, scale);
  if (whole < 10n ** BigInt(places - 1)) {
    scale += 1;
    whole = scaledRounded(magnitude, scale);
  }
  return decimalOf(whole, scale);
}

function roundedToPlaces(magnitude: number, places: number): Decimal {
  const scale = Math.min(places, fractionDigitsMax);
  return decimalOf(scaledRounded(magnitude, scale), scale);
}

function exponentText(exponent: number, letter: string): string {
  const magnitude = Math.abs(exponent);
  return `${letter}${exponent < 0 ? '-' : '+'}${magnitude < 10 ? '0' : ''}${magnitude}`;
}

function exponential({ digits, point }: Decimal, precision: number, letter: string): string {
  const first = digits === '' ? '0' : digits.charAt(0);
  const rest = precision > 0 ? `.${digits.slice(1, precision + 1).padEnd(precision, '0')}` : '';
  return first + rest + exponentText(digits === '' ? 0 : point - 1, letter);
}

function positional({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (precision <= 0) return whole;
  const leading = '0'.repeat(Math.min(Math.max(-point, 0), precision));
  const fraction = leading + digits.slice(Math.max(point, 0), Math.max(point, 0) + precision - leading.length);
  return `${whole}.${fraction.padEnd(precision, '0')}`;
}

/** `%e` for large and small exponents, plain digits between; `precision` -1 asks for the shortest digits. */
function general(magnitude: number, precision: number, letter: string): string {
  const shortest = precision < 0;
  const decimal = shortest ? shortestDecimal(magnitude) : roundedToDigits(magnitude, Math.max(precision, 1));
  const count = decimal.digits.length;
  const digits = shortest ? count : Math.max(precision, 1);
  let threshold = digits;
  if (threshold > count && count >= decimal.point) threshold = count;
  if (shortest) threshold = 6;
  const exponent = decimal.point - 1;
  if (exponent < -4 || exponent >= threshold) return exponential(decimal, Math.min(digits, count) - 1, letter);
  return positional(decimal, Math.max(count - decimal.point, 0));
}

const mask64 = (1n << 64n) - 1n;
const topBit = 1n << 60n;

/** Hexadecimal with a binary exponent: `0x1.8p+01`. */
function hexadecimal(magnitude: number, precision: number, capital: boolean): string {
  const binary = binaryOf(magnitude);
  let exponent = magnitude === 0 ? 0 : binary.exponent + 52;
  let mantissa = binary.mantissa << 8n;
  while (mantissa !== 0n && (mantissa & topBit) === 0n) {
    mantissa <<= 1n;
    exponent -= 1;
  }
  if (precision >= 0 && precision < 15) {
    const shift = BigInt(precision * 4);
    const dropped = (mantissa << shift) & (topBit - 1n);
    mantissa >>= 60n - shift;
    if ((dropped | (mantissa & 1n)) > 1n << 59n) mantissa += 1n;
    mantissa <<= 60n - shift;
    if ((mantissa & (1n << 61n)) !== 0n) {
      mantissa >>= 1n;
      exponent += 1;
    }
  }
  const first = (mantissa >> 60n) & 1n;
  const digits = ((mantissa << 4n) & mask64).toString(16).padStart(16, '0');
  const fraction = precision < 0 ? digits.replace(/0+$/, '') : digits.slice(0, precision).padEnd(precision, '0');
  const text = `0x${first}${fraction === '' ? '' : `.${fraction}`}${exponentText(exponent, 'p')}`;
  return capital ? text.toUpperCase() : text;
}

/** The mantissa as a whole number and the power of two: `4503599627370496p-52`. */
function binaryText(magnitude: number): string {
  const { mantissa, exponent } = binaryOf(magnitude);
  return `${mantissa}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}

/** Formats as `FormatFloat(value, verb, precision, 64)`; a precision of -1 means as many digits as are needed. */
export function formatFloat(value: number, verb: FloatVerb, precision: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const magnitude = Math.abs(value);
  switch (verb) {
    case 'e':
    case 'E': {
      const decimal = precision < 0 ? shortestDecimal(magnitude) : roundedToDigits(magnitude, precision + 1);
      return sign + exponential(decimal, precision < 0 ? decimal.digits.length - 1 : precision, verb);
    }
    case 'f': {
      const decimal = precision < 0 ? shortestDecimal(magnitude) : roundedToPlaces(magnitude, precision);
      return sign + positional(decimal, precision < 0 ? Math.max(decimal.digits.length - decimal.point, 0) : precision);
    }
    case 'g':
    case 'G':
      return sign + general(magnitude, precision, verb === 'g' ? 'e' : 'E');
    case 'x':
    case 'X':
      return sign + hexadecimal(magnitude, precision, verb === 'X');
    case 'b':
      return sign + binaryText(magnitude);
  }
}
