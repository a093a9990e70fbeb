/** What lies under the lanes: hours, changes of the clock, times when no daemon was at work, and what is not known. */
import type { ScaleTime } from 'd3-scale';
import { elapsedText } from '../../../src/lib/span-text.ts';
import type { ApiTimeline } from '../../../src/client/client.ts';
import { epochOf, momentText } from '../../text/time-text.ts';
import { clockChanges } from './clock-changes.ts';

export function TimelineGround(p: {
  timeline: ApiTimeline;
  scale: ScaleTime<number, number>;
  range: { from: number; to: number };
  ticks: number;
  height: number;
  now: number;
}) {
  const { timeline, height } = p;
  const x = (at: number): number => p.scale(at);
  return (
    <>
      <defs>
        <pattern id="down" width={7} height={7} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect className="timeline-down-ground" width={7} height={7} />
          <line className="timeline-down-line" x1={0} x2={0} y1={0} y2={7} />
        </pattern>
      </defs>
      {timeline.known_from_at !== undefined && (
        <rect
          className="timeline-unknown"
          x={0}
          y={0}
          width={Math.max(0, x(epochOf(timeline.known_from_at)))}
          height={height}
        />
      )}
      {timeline.down.map(({ from_at, to_at }) => {
        const [from, to] = [Math.max(epochOf(from_at), p.range.from), epochOf(to_at)];
        return (
          to > p.range.from && (
            <g key={from_at}>
              <title>{downText({ from_at, to_at }, p.now)}</title>
              <rect
                className="timeline-down"
                x={x(from)}
                y={0}
                width={Math.max(2, x(to) - x(from))}
                height={height}
                fill="url(#down)"
              />
            </g>
          )
        );
      })}
      {p.scale.ticks(p.ticks).map((tick) => (
        <line
          key={tick.getTime()}
          className="timeline-rule"
          x1={x(tick.getTime())}
          x2={x(tick.getTime())}
          y1={0}
          y2={height}
        />
      ))}
      {clockChanges(p.range).map((change) => (
        <rect key={change.at} className="timeline-dst" x={x(change.at) - 3} y={0} width={6} height={height} />
      ))}
    </>
  );
}

export function downText({ from_at, to_at }: ApiTimeline['down'][number], now: number): string {
  const [from, to] = [epochOf(from_at), epochOf(to_at)];
  return `No daemon was at work from ${momentText(from, now)} to ${momentText(to, now)}, ${elapsedText(to - from)}.`;
}
