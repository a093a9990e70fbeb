import { expect, it } from 'vitest';
import { firstStop, type LanePoint, nearestPoint, stopAfter } from './lane-points.ts';

const point = (from: number, to = from): LanePoint => ({ id: String(from), from, to });
const lanes = [[point(10, 20), point(40), point(90)], [], [point(12), point(88)]];
const go = (lane: number, id: string, key: string): unknown => stopAfter(lanes, { at: { lane, id }, key });

it('the pointer means the mark within reach, a long one over its whole length', () => {
  expect(nearestPoint(lanes[0] ?? [], 17)?.id).toBe('10');
  expect(nearestPoint(lanes[0] ?? [], 47)?.id).toBe('40');
  expect(nearestPoint(lanes[0] ?? [], 60)).toBeUndefined();
});
it('left and right go along a lane, and end where it ends', () => {
  expect(go(0, '10', 'ArrowRight')).toEqual({ lane: 0, id: '40' });
  expect(go(0, '10', 'ArrowLeft')).toBeUndefined();
  expect(go(0, '10', 'End')).toEqual({ lane: 0, id: '90' });
});
it('up and down go to the nearest mark of the next lane that has one', () => {
  expect(go(0, '90', 'ArrowDown')).toEqual({ lane: 2, id: '88' });
  expect(go(2, '12', 'ArrowUp')).toEqual({ lane: 0, id: '10' });
  expect(go(2, '12', 'ArrowDown')).toBeUndefined();
});
it('the keyboard comes in at what is nearest to now', () =>
  expect(firstStop(lanes, 50)).toEqual({ lane: 0, id: '40' }));
