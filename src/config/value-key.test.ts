import { describe, expect, test } from 'vitest';
import * as v from './value-key.ts';
import type { ValueKey } from './value-key.ts';

const description = '';

function check<T>(key: ValueKey<T>, written: unknown, wanted: unknown): void {
  test(`${key.type}: ${typeof written === 'string' ? JSON.stringify(written) : String(written)} → ${String(wanted)}`, () => {
    const reading = key.read(written);
    expect(reading.ok ? reading.value : reading.code).toEqual(wanted);
  });
}

describe('sizes', () => {
  const key = v.size({ description, min: 0 });
  check(key, 0, 0);
  check(key, 1000, 1000);
  check(key, '64KiB', 65_536);
  check(key, '2 GiB', 2 ** 31);
  check(key, '1.5MiB', 1_572_864);
  check(key, '500kB', 500_000);
  check(key, '10', 10);
  check(key, '10b', 10);
  check(key, '10 apples', 'invalid_format');
  check(key, '-1KiB', 'invalid_format');
  check(key, '', 'invalid_format');
  check(key, -1, 'out_of_range');
  check(key, 1.5, 'out_of_range');
  check(key, 10n ** 20n, 'out_of_range');
  check(key, '99999999999999TiB', 'out_of_range');
  check(key, true, 'wrong_type');
  check(v.optionalSize({ description }), 0, null);
  check(v.optionalSize({ description }), '0', null);
  check(v.size({ description, min: 1024 }), '1KiB', 1024);
  check(v.size({ description, min: 1024 }), '1kB', 'out_of_range');
});

describe('ages', () => {
  const key = v.age({ description });
  check(key, '365d', 31_536_000_000);
  check(key, '1.5d', 129_600_000);
  check(key, '1d12h', 129_600_000);
  check(key, '12h', 43_200_000);
  check(key, '0', null);
  check(key, '0d', null);
  check(key, '', null);
  check(key, '-1d', 'invalid_duration');
  check(key, '1d1d', 'invalid_duration');
  check(key, 'd', 'invalid_duration');
  check(key, '30 d', 'invalid_duration');
  test('are shown with days to whoever wrote them wrongly', () => {
    expect(key.read('30 d')).toMatchObject({ message: '"30 d" is not an age; write one such as "30d" or "12h".' });
  });
  check(key, 30, 'wrong_type');
});

describe('durations', () => {
  check(v.duration({ description }), '90s', 90_000);
  check(v.duration({ description }), ' 90s ', 90_000);
  check(v.duration({ description }), '0', 'not_positive');
  check(v.duration({ description }), '-1s', 'not_positive');
  check(v.duration({ description }), '90', 'invalid_duration');
  check(v.duration({ description }), 90, 'wrong_type');
  check(v.duration({ description, zero: true }), '0', 0);
  check(v.optionalDuration({ description }), '0', null);
  check(v.optionalDuration({ description }), '0s', null);
  check(v.optionalDuration({ description }), '', null);
  check(v.limitText({ description, zero: true }), '0', '0');
  check(v.limitText({ description }), '0', 'not_positive');
});

describe('counts', () => {
  check(v.optionalCount({ description }), 0, null);
  check(v.optionalCount({ description }), 7, 7);
  check(v.optionalCount({ description }), -1, 'out_of_range');
  check(v.optionalCount({ description }), 2n ** 60n, 'out_of_range');
  check(v.optionalCount({ description }), '7', 'wrong_type');
});

describe('secrets and URLs', () => {
  check(v.secretRef({ description }), 'env:NAME', 'env:NAME');
  check(v.secretRef({ description }), 'file:/etc/secret', 'file:/etc/secret');
  check(v.secretRef({ description }), 'vault:automation/a', 'vault:automation/a');
  check(v.secretRef({ description }), '', '');
  check(v.secretRef({ description }), 'hunter2', 'invalid_secret_ref');
  check(v.httpUrl({ description }), 'https://x/', 'https://x/');
  check(v.httpUrl({ description }), 'x', 'invalid_format');
  check(v.httpUrl({ description }), 'file:///etc/passwd', 'invalid_format');

  test('a refusal never repeats what may be the secret', () => {
    const reading = v.secretRef({ description }).read('hunter2');
    expect(JSON.stringify(reading)).not.toContain('hunter2');
  });

  test('a URL shows its host and not its path', () => {
    expect(v.shownUrl('https://user:pw@hooks.example/T0/secret?x=1')).toBe('https://hooks.example/…');
    expect(v.shownUrl('http://127.0.0.1:80/')).toBe('http://127.0.0.1');
    expect(v.shownUrl('nonsense secret')).toBe('(not shown)');
  });
});

test('a default that its own key refuses is our mistake', () => {
  expect(() => v.integer({ description, min: 1, default: 0 })).toThrow('refused');
});
