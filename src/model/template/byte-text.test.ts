import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteLength, byteSlice, bytesOf, characterCount, compareBytes, rejoined, textOfBytes } from './byte-text.ts';

const bytes = fc.uint8Array({ maxLength: 40 });

test('any bytes survive as text', () => {
  fc.assert(fc.property(bytes, (value) => Buffer.compare(bytesOf(textOfBytes(value)), value) === 0));
});

test('valid text is kept as it is', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => textOfBytes(bytesOf(text)) === text.toWellFormed()));
});

test('lengths, slices and order are those of the bytes', () => {
  fc.assert(
    fc.property(bytes, bytes, fc.nat(40), fc.nat(40), (left, right, a, b) => {
      const text = textOfBytes(left);
      const start = Math.min(a, b, left.length);
      const end = Math.min(Math.max(a, b), left.length);
      expect(byteLength(text)).toBe(left.length);
      expect([...bytesOf(byteSlice(text, start, end))]).toEqual([...left.subarray(start, end)]);
      expect(Math.sign(compareBytes(text, textOfBytes(right)))).toBe(Buffer.compare(left, right));
    }),
  );
});

test('characters beyond the basic plane come after the rest of it', () => {
  expect(compareBytes('～', '😀')).toBeLessThan(0);
  expect(compareBytes('😀', '\u{10ffff}')).toBeLessThan(0);
});

test('a character that was cut in two is one again when its halves meet', () => {
  const whole = '世';
  const halves = byteSlice(whole, 0, 1) + byteSlice(whole, 1, 3);
  expect(characterCount(halves)).toBe(3);
  expect(rejoined(halves)).toBe(whole);
});
