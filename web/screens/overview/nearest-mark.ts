/** Which mark of a lane the pointer means. */
import type { ApiTimeline } from '../../../src/client/client.ts';
import { epochOf } from '../../text/time-text.ts';

type Lane = ApiTimeline['lanes'][number];

export interface MarkAt {
  x: number;
  /** One of the two. */
  mark?: Lane['marks'][number];
  coming?: Lane['coming'][number];
}

/** Fingers and hands are this exact, in pixels. */
const REACH = 9;

/** The newest of those within reach: it is drawn on top. */
export function nearestMark(lane: Lane, p: { x: number; scale: (at: number) => number }): MarkAt | undefined {
  const distance = (from: string, to: string): number => {
    const [left, right] = [p.scale(epochOf(from)), p.scale(epochOf(to))];
    return p.x < left ? left - p.x : p.x > right ? p.x - right : 0;
  };
  const found: (MarkAt & { distance: number })[] = [
    ...lane.marks.map((mark) => ({
      mark,
      x: p.scale(epochOf(mark.from_at)),
      distance: distance(mark.from_at, mark.to_at),
    })),
    ...lane.coming.map((coming) => ({
      coming,
      x: p.scale(epochOf(coming.from_at)),
      distance: distance(coming.from_at, coming.to_at),
    })),
  ];
  const best = found.reduce<(typeof found)[number] | undefined>(
    (nearest, each) => (nearest === undefined || each.distance <= nearest.distance ? each : nearest),
    undefined,
  );
  return best === undefined || best.distance > REACH ? undefined : best;
}
