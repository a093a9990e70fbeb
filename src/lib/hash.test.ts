import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256Hex } from './hash.ts';

function check(text: string): void {
  expect(sha256Hex(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
}

test('the published examples come out', () => {
  expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('every length around the block borders agrees with the platform', () => {
  for (let length = 0; length <= 200; length += 1) check('x'.repeat(length));
  check('y'.repeat(100_000));
});

test('any text agrees with the platform', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), check));
});
