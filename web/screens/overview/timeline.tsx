/**
 * Draws lanes on an axis of time. Marks are drawn by hand, because each status has its own shape; ticks and positions
 * come from a scale. For screen readers a lane is a sentence; its marks are for the eye.
 */
import { Link, useNavigate } from '@tanstack/react-router';
import { scaleTime } from 'd3-scale';
import { type MouseEvent, useState } from 'react';
import type { ApiTimeline } from '../../../src/client/client.ts';
import { epochOf } from '../../text/time-text.ts';
import { clockChanges } from './clock-changes.ts';
import { laneSentence } from './lane-sentence.ts';
import { LaneMarks } from './lane-marks.tsx';
import { type MarkAt, nearestMark } from './nearest-mark.ts';
import { TimelineAxis } from './timeline-axis.tsx';
import { TimelineTip } from './timeline-tip.tsx';

export const LANE_HEIGHT = 30;
const HOUR = 3_600_000;

export function Timeline(p: { timeline: ApiTimeline; width: number; hours: number; now: number }) {
  const { timeline, now } = p;
  const navigate = useNavigate();
  const [hovered, setHovered] = useState<(MarkAt & { lane: number }) | undefined>();
  const labelWidth = p.width < 620 ? 92 : 168;
  const width = p.width - labelWidth;
  const range = { from: now - p.hours * HOUR, to: now + p.hours * HOUR };
  const scale = scaleTime([range.from, range.to], [0, width]);
  const x = (at: number): number => scale(at);
  const height = timeline.lanes.length * LANE_HEIGHT;
  const started = epochOf(timeline.started_at);

  const point = (event: MouseEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const lane = Math.floor((event.clientY - box.top) / LANE_HEIGHT);
    const marks = timeline.lanes[lane];
    const found = marks === undefined ? undefined : nearestMark(marks, { x: event.clientX - box.left, scale: x });
    setHovered(found === undefined ? undefined : { ...found, lane });
  };
  const open = (): void => {
    const lane = hovered === undefined ? undefined : timeline.lanes[hovered.lane];
    if (hovered === undefined || lane === undefined) return;
    const { mark } = hovered;
    if (mark === undefined) {
      void navigate({ to: pageOf(lane), params: { id: lane.automation_id } });
    } else if (mark.count === 1) void navigate({ to: '/runs/$id', params: { id: mark.run_id } });
    else
      void navigate({
        to: '/runs',
        search: { [`${lane.kind}_id`]: lane.automation_id, status: mark.status } as never,
      });
  };

  return (
    <div className="timeline-grid" style={{ gridTemplateColumns: `${labelWidth}px minmax(0, 1fr)` }}>
      <div />
      <TimelineAxis scale={scale} width={width} now={now} />
      <ul className="timeline-labels">
        {timeline.lanes.map((lane) => (
          <li key={lane.automation_id} style={{ height: LANE_HEIGHT }}>
            <Link to={pageOf(lane)} params={{ id: lane.automation_id }} className="timeline-name" title={lane.name}>
              {lane.name}
            </Link>
            <span className="unseen">{laneSentence(lane)}</span>
          </li>
        ))}
      </ul>
      <div className="timeline-track">
        <svg
          width={width}
          height={height}
          aria-hidden
          data-pointing={hovered !== undefined}
          onMouseMove={point}
          onMouseLeave={() => setHovered(undefined)}
          onClick={open}
        >
          {timeline.known_from_at !== undefined && (
            <rect
              className="timeline-unknown"
              x={0}
              y={0}
              width={Math.max(0, x(epochOf(timeline.known_from_at)))}
              height={height}
            />
          )}
          {scale.ticks(p.hours === 24 ? 9 : 5).map((tick) => (
            <line
              key={tick.getTime()}
              className="timeline-rule"
              x1={x(tick.getTime())}
              x2={x(tick.getTime())}
              y1={0}
              y2={height}
            />
          ))}
          {clockChanges(range).map((change) => (
            <g key={change.at}>
              <rect className="timeline-dst" x={x(change.at) - 3} y={0} width={6} height={height} />
            </g>
          ))}
          {started > range.from && (
            <line className="timeline-started" x1={x(started)} x2={x(started)} y1={0} y2={height} />
          )}
          {timeline.lanes.map((lane, index) => (
            <LaneMarks
              key={lane.automation_id}
              lane={lane}
              x={x}
              y={index * LANE_HEIGHT + LANE_HEIGHT / 2}
              width={width}
            />
          ))}
          <line className="timeline-now" x1={x(now)} x2={x(now)} y1={0} y2={height} />
        </svg>
        {hovered !== undefined && timeline.lanes[hovered.lane] !== undefined && (
          <TimelineTip
            lane={timeline.lanes[hovered.lane] as ApiTimeline['lanes'][number]}
            at={hovered}
            top={(hovered.lane + 1) * LANE_HEIGHT}
            width={width}
            now={now}
          />
        )}
      </div>
    </div>
  );
}

function pageOf(lane: ApiTimeline['lanes'][number]): '/jobs/$id' | '/triggers/$id' {
  return lane.kind === 'job' ? '/jobs/$id' : '/triggers/$id';
}
