import { describe, expect, test } from 'vitest';
import { DIRECTIVES, helpText, readDuration, readScript, readSize } from './directive.ts';

describe('a prompt', () => {
  test('is its text and its directives, in order', () =>
    expect(readScript('Hello\n/sleep 6s\n  /say  two words \nworld')).toEqual({
      directives: [
        { name: 'sleep', rest: '6s' },
        { name: 'say', rest: 'two words' },
      ],
      text: 'Hello\nworld',
    }));
  test('keeps a slash that is no directive as text', () =>
    expect(readScript('/usr/bin is a folder\n/unknown x\n/constructor')).toEqual({
      directives: [],
      text: '/usr/bin is a folder\n/unknown x\n/constructor',
    }));
});

describe('amounts', () => {
  const check = (text: string, actual: number | undefined, expected: number | undefined): void =>
    test(`${text} is ${expected}`, () => expect(actual).toBe(expected));
  check('6s', readDuration('6s'), 6_000);
  check('200ms', readDuration('200ms'), 200);
  check('1.5m', readDuration('1.5m'), 90_000);
  check('soon', readDuration('soon'), undefined);
  check('50MB', readSize('50MB'), 52_428_800);
  check('64kb', readSize('64kb'), 65_536);
  check('50', readSize('50'), undefined);
});

test('the help names every directive', () => {
  for (const { usage } of Object.values(DIRECTIVES)) expect(helpText()).toContain(usage);
});
