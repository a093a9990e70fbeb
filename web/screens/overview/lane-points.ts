/** The marks of a lane as places on the screen: what the pointer can mean and the keyboard can go to. Pure. */
import type { ApiTimeline } from '../../../src/client/client.ts';
import { epochOf } from '../../text/time-text.ts';

export type Lane = ApiTimeline['lanes'][number];

export interface LanePoint {
  id: string;
  /** In pixels from the left edge of the lane. */
  from: number;
  to: number;
  /** One of the two. */
  mark?: Lane['marks'][number];
  coming?: Lane['coming'][number];
}

/** From left to right, as far as they are in sight. */
export function lanePoints(lane: Lane, p: { scale: (at: number) => number; width: number }): LanePoint[] {
  const place = (each: { from_at: string; to_at: string }): { from: number; to: number } => ({
    from: p.scale(epochOf(each.from_at)),
    to: p.scale(epochOf(each.to_at)),
  });
  const points: LanePoint[] = [
    ...lane.marks.map((mark) => ({ id: `${mark.run_id} ${mark.from_at}`, ...place(mark), mark })),
    ...lane.coming.map((coming) => ({ id: coming.from_at, ...place(coming), coming })),
  ];
  return points.filter(({ from, to }) => to >= 0 && from <= p.width);
}

/** Fingers and hands are this exact, in pixels. */
const REACH = 9;

const distance = (point: LanePoint, x: number): number =>
  x < point.from ? point.from - x : x > point.to ? x - point.to : 0;

/** The newest of those that are nearest: it is drawn on top. */
export function nearestPoint(points: readonly LanePoint[], x: number, reach = REACH): LanePoint | undefined {
  const best = points.reduce<LanePoint | undefined>(
    (nearest, each) => (nearest === undefined || distance(each, x) <= distance(nearest, x) ? each : nearest),
    undefined,
  );
  return best === undefined || distance(best, x) > reach ? undefined : best;
}

export interface Stop {
  lane: number;
  id: string;
}

/** Where a key leads from a mark: along its lane, or to the nearest mark of the next lane that has one. */
export function stopAfter(lanes: readonly (readonly LanePoint[])[], p: { at: Stop; key: string }): Stop | undefined {
  const points = lanes[p.at.lane] ?? [];
  const index = points.findIndex(({ id }) => id === p.at.id);
  const along = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: points.length - 1 }[p.key];
  if (along !== undefined) {
    const point = points[along];
    return point === undefined ? undefined : { lane: p.at.lane, id: point.id };
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[p.key];
  const x = points[index]?.from ?? 0;
  if (step === undefined) return undefined;
  for (let lane = p.at.lane + step; lane >= 0 && lane < lanes.length; lane += step) {
    const point = nearestPoint(lanes[lane] ?? [], x, Infinity);
    if (point !== undefined) return { lane, id: point.id };
  }
  return undefined;
}

/** Where the keyboard comes in: at the last thing that happened, or the next that will. */
export function firstStop(lanes: readonly (readonly LanePoint[])[], nowX: number): Stop | undefined {
  for (const [lane, points] of lanes.entries()) {
    const point = nearestPoint(points, nowX, Infinity);
    if (point !== undefined) return { lane, id: point.id };
  }
  return undefined;
}
