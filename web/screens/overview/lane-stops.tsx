/** The marks of one lane as links over what is drawn: read out by screen readers, gone through with the arrow keys. */
import { Link } from '@tanstack/react-router';
import type { Lane, LanePoint } from './lane-points.ts';
import { laneSentence } from './lane-sentence.ts';
import { pointSentence, pointText } from './mark-text.ts';

/** A run of a second must still be seen, and so must the ring around it. */
const WIDTH_MIN = 9;

export function LaneStops(p: {
  lane: Lane;
  points: readonly LanePoint[];
  /** The one that the tab key comes to, if it is in this lane. */
  current: string | undefined;
  top: number;
  height: number;
  now: number;
  onFocus: (id: string) => void;
}) {
  return (
    <ul aria-label={`${p.lane.name}: ${laneSentence(p.lane)}`}>
      {p.points.map((point) => (
        <li key={point.id}>
          <Link
            {...placeOf(p.lane, point)}
            className="timeline-stop"
            data-stop={point.id}
            tabIndex={point.id === p.current ? 0 : -1}
            style={{
              left: point.from - WIDTH_MIN / 2,
              width: Math.max(WIDTH_MIN, point.to - point.from + WIDTH_MIN),
              top: p.top + 5,
              height: p.height - 10,
            }}
            onFocus={() => p.onFocus(point.id)}
          >
            <span className="unseen">{[pointText(point, p.now), pointSentence(point)].filter(Boolean).join('. ')}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** A run, the runs that a mark stands for, or what a coming fire belongs to. */
export function placeOf(lane: Lane, { mark }: LanePoint): { to: '/runs'; search: never } | PageOf {
  if (mark === undefined) return pageOf(lane);
  if (mark.count === 1) return { to: '/runs/$id', params: { id: mark.run_id } };
  return { to: '/runs', search: { [`${lane.kind}_id`]: lane.automation_id, status: mark.status } as never };
}

interface PageOf {
  to: '/jobs/$id' | '/triggers/$id' | '/runs/$id';
  params: { id: string };
}

export function pageOf(lane: Lane): PageOf {
  return { to: lane.kind === 'job' ? '/jobs/$id' : '/triggers/$id', params: { id: lane.automation_id } };
}
