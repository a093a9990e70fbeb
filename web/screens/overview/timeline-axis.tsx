/** Clock and day above the lanes, and the name of the line in the middle. */
import type { ScaleTime } from 'd3-scale';
import { clockText, dayText } from '../../text/time-text.ts';

/** Room that the word at now needs on each side, in pixels. */
const NOW_ROOM = 42;

export function TimelineAxis(p: { scale: ScaleTime<number, number>; width: number; now: number }) {
  const nowX = p.scale(p.now);
  const ticks = p.scale.ticks(p.width < 500 ? 5 : 9).map((tick) => ({ at: tick.getTime(), x: p.scale(tick) }));
  return (
    <div className="timeline-axis" aria-hidden>
      {ticks
        .filter(({ x }) => Math.abs(x - nowX) > NOW_ROOM && x > 14 && x < p.width - 14)
        .map(({ at, x }) => (
          <span key={at} style={{ left: x }}>
            {clockText(at) === '00:00' ? <b>{dayText(at).slice(0, -4)}</b> : clockText(at)}
          </span>
        ))}
      <span className="timeline-now-word" style={{ left: nowX }}>
        {clockText(p.now)}
      </span>
    </div>
  );
}
