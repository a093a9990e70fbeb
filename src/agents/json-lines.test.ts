import { expect, test } from 'vitest';
import { JsonLines } from './json-lines.ts';

function read(pieces: readonly string[]): { objects: unknown[]; text: string; had: boolean } {
  const objects: unknown[] = [];
  let text = '';
  const lines = new JsonLines({ onObject: (object) => objects.push(object), onText: (piece) => (text += piece) });
  for (const piece of pieces) lines.read(piece);
  return { had: lines.finish(), objects, text };
}

test('objects are cut out of whatever pieces they come in, and the rest is text', () => {
  expect(read(['{"a"', ':1}\nhello ', 'world\n  {"b":', '2}'])).toEqual({
    objects: [{ a: 1 }, { b: 2 }],
    text: 'hello world\n',
    had: true,
  });
});

test('what begins like an object and is none is text when its line ends', () => {
  expect(read(['{not ', 'json}\n'])).toMatchObject({ objects: [], text: '{not json}\n' });
});

test('blank lines and spaces decide nothing', () => {
  expect(read(['   ', '\n  ', '  {"a":1}\n'])).toMatchObject({ objects: [{ a: 1 }] });
});

// Looking into a growing line anew with every piece took seconds for this.
test('a line far beyond the bound is left out with a mark, in a moment', () => {
  const piece = 'x'.repeat(1024);
  const before = process.cpuUsage();
  const { text, objects } = read(['{', ...Array.from({ length: 100_000 }, () => piece), '\n{"a":1}\n']);
  const { user, system } = process.cpuUsage(before);
  expect(text).toMatch(/^\[a line of more than \d+ characters left out\]\n$/u);
  expect(objects).toEqual([{ a: 1 }]);
  expect((user + system) / 1000).toBeLessThan(2_000);
});
