/**
 * Go strings are bytes; templates may cut one in the middle of a character (`slice .Data.name 0 1`).
 *
 * Inside the engine a text is a JavaScript string in which a byte that is not part of valid UTF-8 stands as a lone
 * low surrogate, U+DC80 for 0x80 to U+DCFF for 0xFF. Valid text is therefore unchanged and costs nothing, and cut text
 * can be put together again. Texts from outside are made well-formed first, so that no other lone surrogate exists.
 */

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const replacingDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

const escapeBase = 0xdc00;

/** The byte that a code unit stands for when it is an escape, or -1. Only meaningful for a lone surrogate. */
export function escapedByte(codePoint: number): number {
  return codePoint >= 0xdc80 && codePoint <= 0xdcff ? codePoint - escapeBase : -1;
}

/** The text that stands for one byte: the character below 0x80, the escape from there on. */
export function textOfByte(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : escapeBase + byte);
}

/** The bytes of a text, escapes included. */
export function bytesOf(text: string): Uint8Array {
  if (text.isWellFormed()) return encoder.encode(text);
  const pieces: number[] = [];
  for (const character of text) {
    const byte = escapedByte(character.codePointAt(0) ?? 0);
    if (byte >= 0) pieces.push(byte);
    else pieces.push(...encoder.encode(character));
  }
  return Uint8Array.from(pieces);
}

/** How many bytes the character starting at `at` has, or 0 when the byte there begins no valid character. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0;
  const second = bytes[at + 1] ?? 0;
  // Overlong forms, surrogates and code points above U+10FFFF show in the second byte.
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let index = at + 2; index < at + length; index += 1) {
    const next = bytes[index] ?? 0;
    if (next < 0x80 || next > 0xbf) return 0;
  }
  return length;
}

/** The text of bytes; bytes that are no valid UTF-8 become escapes, each by itself, as Go reads them. */
export function textOfBytes(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    const pieces: string[] = [];
    let start = 0;
    let at = 0;
    while (at < bytes.length) {
      const length = characterLength(bytes, at);
      if (length === 0) {
        pieces.push(strictDecoder.decode(bytes.subarray(start, at)), textOfByte(bytes[at] ?? 0));
        at += 1;
        start = at;
      } else at += length;
    }
    pieces.push(strictDecoder.decode(bytes.subarray(start)));
    return pieces.join('');
  }
}

/** Text put together from pieces: halves of a character that meet become that character. */
export function rejoined(text: string): string {
  return text.isWellFormed() ? text : textOfBytes(bytesOf(text));
}

/** The text for the outside: what is not valid UTF-8 is replaced by U+FFFD as any decoder would. */
export function outsideText(text: string): string {
  return text.isWellFormed() ? text : replacingDecoder.decode(bytesOf(text));
}

/** How many bytes the text has. */
export function byteLength(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (unit >= 0xd800 && unit <= 0xdbff) {
      // A pair is four bytes in two units. No lone high surrogate exists in here.
      length += 2;
      index += 1;
    } else if (unit < 0xdc80 || unit > 0xdcff) length += 2;
  }
  return length;
}

/** Whether every character is one byte, so that positions in the text are positions in its bytes. */
function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) >= 0x80) return false;
  return true;
}

/** The bytes from `start` up to `end` as text. */
export function byteSlice(text: string, start: number, end: number): string {
  return isAscii(text) ? text.slice(start, end) : textOfBytes(bytesOf(text).subarray(start, end));
}

/** The byte at a position, or -1 past the end. */
export function byteAt(text: string, position: number): number {
  if (isAscii(text)) return position < text.length ? text.charCodeAt(position) : -1;
  return bytesOf(text)[position] ?? -1;
}

/** How many characters Go counts: code points, and one for each byte that is not valid UTF-8. */
export function characterCount(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff) index += 1;
    count += 1;
  }
  return count;
}

/** The first `count` characters. */
export function firstCharacters(text: string, count: number): string {
  let index = 0;
  for (let taken = 0; taken < count && index < text.length; taken += 1) {
    const unit = text.charCodeAt(index);
    index += unit >= 0xd800 && unit <= 0xdbff ? 2 : 1;
  }
  return text.slice(0, index);
}

/** Moves surrogates above the rest of the plane, which turns the order of UTF-16 into that of UTF-8. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Orders two texts by their bytes: negative, zero or positive. Go compares strings and sorts map keys so. */
export function compareBytes(left: string, right: string): number {
  if (left === right) return 0;
  if (!left.isWellFormed() || !right.isWellFormed()) return compareArrays(bytesOf(left), bytesOf(right));
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
}

function compareArrays(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
