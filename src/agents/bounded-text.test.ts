import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundedDetail, boundedText, harmlessText, HeadTailText, textEnd, textStart } from './bounded-text.ts';

describe('harmless text', () => {
  const check = (title: string, text: string, expected: string): void =>
    test(title, () => expect(harmlessText(text)).toBe(expected));
  check('is left as it is', 'äöü 🙂\n', 'äöü 🙂\n');
  check('has no NUL', 'a\0b', 'a\ufffdb');
  check('has no half characters', 'a\ud83d', 'a\ufffd');
});

describe('bounded text', () => {
  test('that fits is whole', () => expect(boundedText('x'.repeat(1000), 1000)).toBe('x'.repeat(1000)));
  test('that does not fit keeps its beginning and its end, and says how much is missing', () => {
    const text = boundedText(`begin${'x'.repeat(5000)}end`, 1000);
    expect(text).toMatch(/^beginx+\n… \[\d+ bytes left out\] …\nx+end$/s);
    const missing = Number(/\[(\d+)/.exec(text)![1]);
    expect(missing + text.replace(/\n….*…\n/s, '').length).toBe(5008);
  });
  test('never exceeds its bound nor splits a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), fc.integer({ min: 128, max: 512 }), (text, max) => {
        const bounded = boundedText(text, max);
        expect(Buffer.byteLength(bounded)).toBeLessThanOrEqual(max);
        // The character may stand in the text itself; one of ours would come where a character was split.
        if (!text.includes('\ufffd')) expect(bounded).not.toContain('\ufffd');
        if (Buffer.byteLength(text) <= max) expect(bounded).toBe(text);
      }),
    );
  });
});

test('the start and the end of a text are whole characters', () => {
  expect(textStart('aü🙂', 3)).toBe('aü');
  expect(textStart('aü🙂', 5)).toBe('aü');
  expect(textEnd('🙂üa', 3)).toBe('üa');
  expect(textEnd('🙂üa', 5)).toBe('üa');
});

describe('a stream of text of which head and tail are kept', () => {
  test('gives the same however it is cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 200 }), (pieces) => {
        const streamed = new HeadTailText(256);
        for (const piece of pieces) streamed.push(piece);
        const text = streamed.text();
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(256);
        const whole = pieces.join('');
        if (text === whole) return;
        const [head = '', tail = ''] = text.split(/\n… \[\d+ bytes left out\] …\n/);
        expect(whole.startsWith(head)).toBe(true);
        expect(whole.endsWith(tail)).toBe(true);
        expect(Buffer.byteLength(head)).toBeGreaterThan(90);
        expect(tail.length).toBeGreaterThan(0);
      }),
    );
  });
  test('starts again when it is cleared', () => {
    const text = new HeadTailText(256);
    text.push('x'.repeat(1000));
    text.clear();
    text.push('new');
    expect([text.text(), text.totalBytes]).toEqual(['new', 3]);
  });
});

describe('a bounded detail', () => {
  test('of ordinary size is the same', () => {
    const detail = { a: [1, 'two', null, true], b: { c: 0.5 } };
    expect(boundedDetail(detail)).toEqual(detail);
  });
  test('of any size and depth is small, and still JSON', () => {
    let deep: unknown = 'end';
    for (let i = 0; i < 10_000; i++) deep = { deep };
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`key${i}`, 'x'.repeat(5_000)]));
    for (const value of [
      deep,
      wide,
      'x'.repeat(1_000_000),
      Array.from({ length: 100_000 }, (_, i) => i),
      [wide, wide],
    ]) {
      expect(JSON.stringify(boundedDetail(value)).length).toBeLessThan(48 * 1024);
    }
  });
  test('has no prototype of its own choosing', () => {
    const copy = boundedDetail(JSON.parse('{"__proto__": {"x": 1}, "y": 2}')) as Record<string, unknown>;
    expect(copy).toEqual({ y: 2 });
    expect(copy['x']).toBeUndefined();
  });
  test('leaves out what JSON cannot say', () => {
    expect(boundedDetail({ a: undefined, b: Number.NaN, c: 'a\0' })).toEqual({ b: null, c: 'a\ufffd' });
  });
});
