/** The marks of one lane: what happened filled, by status; what is to come hollow. */
import type { ApiTimeline } from '../../../src/client/client.ts';
import { epochOf } from '../../text/time-text.ts';

type Lane = ApiTimeline['lanes'][number];
type Mark = Lane['marks'][number];

/** A run of a second must still be seen. */
const WIDTH_MIN = 5;
/** Centres of hollow marks that are still told apart, in pixels. */
const APART = 9;

export function LaneMarks({ lane, x, y, width }: { lane: Lane; x: (at: number) => number; y: number; width: number }) {
  const bandFrom = lane.coming_until_at;
  return (
    <g className="lane">
      <line className="lane-rule" x1={0} x2={width} y1={y} y2={y} />
      {lane.marks.map((mark) => (
        <PastMark key={`${mark.run_id} ${mark.from_at}`} mark={mark} x={x} y={y} />
      ))}
      {comingShapes(lane.coming, x).map(({ from, to, dst }) => (
        <rect
          key={from}
          className={dst ? 'lane-coming lane-coming-dst' : 'lane-coming'}
          x={from - 3.5}
          y={y - 3.5}
          width={to - from + 7}
          height={7}
          rx={3.5}
        />
      ))}
      {bandFrom !== undefined && (
        <rect
          className="lane-band"
          x={x(epochOf(bandFrom))}
          y={y - 3.5}
          width={Math.max(0, width - x(epochOf(bandFrom)))}
          height={7}
          rx={3.5}
        />
      )}
    </g>
  );
}

/** Marks that would overlap are one, drawn from the first to the last of them. */
function comingShapes(coming: Lane['coming'], x: (at: number) => number): { from: number; to: number; dst: boolean }[] {
  const shapes: { from: number; to: number; dst: boolean }[] = [];
  for (const { from_at, to_at, note } of coming) {
    const [from, to, dst] = [x(epochOf(from_at)), x(epochOf(to_at)), note !== undefined];
    const last = shapes.at(-1);
    if (last !== undefined && last.dst === dst && from - last.to < APART) last.to = to;
    else shapes.push({ from, to, dst });
  }
  return shapes;
}

function PastMark({ mark, x, y }: { mark: Mark; x: (at: number) => number; y: number }) {
  const from = x(epochOf(mark.from_at));
  const width = Math.max(WIDTH_MIN, x(epochOf(mark.to_at)) - from);
  if (from + width < 0) return null;
  switch (mark.status) {
    case 'completed':
      return <rect className="lane-completed" x={from} y={y - 6} width={width} height={12} rx={2.5} />;
    case 'running':
      return <rect className="lane-running" x={from} y={y - 6} width={width} height={12} rx={2.5} />;
    case 'failed':
      return (
        <g className="lane-failed">
          {width > 9 && <rect x={from} y={y - 6} width={width} height={12} rx={2.5} />}
          <path d={`M${from + width - 8} ${y - 5}l8 10m0 -10l-8 10`} />
        </g>
      );
    case 'canceled':
      return <rect className="lane-canceled" x={from - 1} y={y - 2} width={Math.max(width, 8)} height={4} rx={1} />;
    case 'scheduled':
      return <circle className="lane-coming" cx={from} cy={y} r={3.5} />;
    case 'delegated':
      return <path className="lane-delegated" d={`M${from} ${y - 5.5}l5.5 5.5l-5.5 5.5l-5.5 -5.5z`} />;
  }
}
