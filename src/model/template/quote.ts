/** Texts and characters as Go literals, as `%q` writes them. */
import { bytesOf, escapedByte } from './byte-text.ts';

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const replacement = 0xfffd;

/** Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols, and of all spaces only U+0020. */
export function isPrintable(codePoint: number): boolean {
  if (codePoint < 0x7f) return codePoint >= 0x20;
  return codePoint >= 0xa1 && printable.test(String.fromCodePoint(codePoint));
}

const letterEscapes: ReadonlyMap<number, string> = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
]);

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

function escaped(codePoint: number, { quote, ascii }: { readonly quote: string; readonly ascii: boolean }): string {
  const character = String.fromCodePoint(codePoint);
  if (character === quote || character === '\\') return `\\${character}`;
  if (isPrintable(codePoint) && (!ascii || codePoint < 0x80)) return character;
  const letter = letterEscapes.get(codePoint);
  if (letter !== undefined) return letter;
  if (codePoint < 0x20 || codePoint === 0x7f) return `\\x${hex(codePoint, 2)}`;
  return codePoint < 0x10000 ? `\\u${hex(codePoint, 4)}` : `\\U${hex(codePoint, 8)}`;
}

/** A text in double quotes; `ascii` escapes everything else. */
export function quoteText(text: string, ascii: boolean): string {
  let quotedText = '"';
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    const byte = escapedByte(codePoint);
    quotedText += byte >= 0 ? `\\x${hex(byte, 2)}` : escaped(codePoint, { quote: '"', ascii });
  }
  return `${quotedText}"`;
}

/** The code point that `%c` and `%q` print for a number: U+FFFD for what is no character. */
export function characterOf(number: bigint): number {
  const code = number >= 0n && number <= 0x10ffffn ? Number(number) : replacement;
  return code >= 0xd800 && code <= 0xdfff ? replacement : code;
}

/** A character in single quotes. */
export function quoteCharacter(codePoint: number, ascii: boolean): string {
  return `'${escaped(codePoint, { quote: "'", ascii })}'`;
}

/** Whether the text may stand between backquotes: one line, no control character but the tab, no backquote. */
export function canBackquote(text: string): boolean {
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (escapedByte(codePoint) >= 0 || codePoint === 0xfeff || codePoint === 0x7f || character === '`') return false;
    if (codePoint < 0x20 && character !== '\t') return false;
  }
  return true;
}

/** The text's bytes, two hexadecimal digits each. */
export function hexBytes(text: string, count: number): string[] {
  return Array.from(bytesOf(text).subarray(0, count), (byte) => hex(byte, 2));
}
