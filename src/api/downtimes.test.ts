import { expect, it } from 'vitest';
import { downtimesOf } from './downtimes.ts';

const MINUTE = 60_000;
/** Minutes in, minutes out. */
const check = (spans: [number, number][], downtimes: [number, number][], from = 0): void => {
  const uptimes = spans.map(([a, b], index) => ({ instance: String(index), from: a * MINUTE, until: b * MINUTE }));
  const found = downtimesOf(uptimes, { from: from * MINUTE, now: 100 * MINUTE });
  expect(found.map((each) => [each.from / MINUTE, each.to / MINUTE])).toEqual(downtimes);
};

it('nothing is claimed where nothing is known', () => check([], []));
it('nothing is claimed before the first sign of life', () => check([[50, 100]], []));
it('it was down between two spans', () =>
  check(
    [
      [0, 10],
      [30, 100],
    ],
    [[10, 30]],
  ));
it('a restart of a moment is none', () =>
  check(
    [
      [0, 10],
      [10.2, 100],
    ],
    [],
  ));
it('another node was at work meanwhile', () =>
  check(
    [
      [0, 90],
      [5, 20],
      [40, 100],
    ],
    [],
  ));
it('silence until now means that the machine stood still', () => check([[0, 10]], [[10, 100]]));
it('what began before the time that is looked at is cut', () =>
  check(
    [
      [0, 10],
      [60, 100],
    ],
    [[40, 60]],
    40,
  ));
