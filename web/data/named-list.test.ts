import { expect, it } from 'vitest';
import { putIn } from './named-list.ts';

const of = (...names: string[]): { id: string; name: string }[] => names.map((name) => ({ id: name, name }));
const names = (list: readonly { name: string }[]): string => list.map(({ name }) => name).join(' ');

it('one that is known keeps its place', () =>
  expect(putIn(of('a', 'b'), { id: 'a', name: 'a' })).toEqual(of('a', 'b')));
it('a new one takes its place by name', () => {
  expect(names(putIn(of('a', 'c'), { id: 'b', name: 'b' }))).toBe('a b c');
  expect(names(putIn(of('a'), { id: 'b', name: 'b' }))).toBe('a b');
});
it('one with another name moves', () => expect(names(putIn(of('a', 'b', 'c'), { id: 'a', name: 'd' }))).toBe('b c d'));
