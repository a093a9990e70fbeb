/**
 * Draws lanes on an axis of time. Marks are drawn by hand, because each status has its own shape; ticks and positions
 * come from a scale. Over them lie links, which the keyboard goes through and screen readers read.
 */
import { Link, useNavigate } from '@tanstack/react-router';
import { scaleTime } from 'd3-scale';
import { type KeyboardEvent, type MouseEvent, useRef, useState } from 'react';
import type { ApiTimeline } from '../../../src/client/client.ts';
import { firstStop, lanePoints, nearestPoint, type Stop, stopAfter } from './lane-points.ts';
import { LaneMarks } from './lane-marks.tsx';
import { LaneStops, pageOf, placeOf } from './lane-stops.tsx';
import { TimelineAxis } from './timeline-axis.tsx';
import { downText, TimelineGround } from './timeline-ground.tsx';
import { TimelineTip } from './timeline-tip.tsx';

const LANE_HEIGHT = 30;
const HOUR = 3_600_000;

export function Timeline(p: { timeline: ApiTimeline; width: number; hours: number; now: number }) {
  const { timeline, now } = p;
  const { lanes } = timeline;
  const navigate = useNavigate();
  const track = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<Stop | undefined>();
  const [entered, setEntered] = useState<Stop | undefined>();
  const labelWidth = p.width < 620 ? 92 : 168;
  const width = p.width - labelWidth;
  const range = { from: now - p.hours * HOUR, to: now + p.hours * HOUR };
  const scale = scaleTime([range.from, range.to], [0, width]);
  const x = (at: number): number => scale(at);
  const height = lanes.length * LANE_HEIGHT;
  const points = lanes.map((lane) => lanePoints(lane, { scale: x, width }));
  const pointAt = (stop: Stop | undefined) =>
    stop === undefined ? undefined : points[stop.lane]?.find(({ id }) => id === stop.id);
  const current = pointAt(entered) === undefined ? firstStop(points, x(now)) : entered;
  const shown = pointAt(pointed);

  const point = (event: MouseEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const lane = Math.floor((event.clientY - box.top) / LANE_HEIGHT);
    const found = nearestPoint(points[lane] ?? [], event.clientX - box.left);
    setPointed(found === undefined ? undefined : { lane, id: found.id });
  };
  const open = (): void => {
    const lane = lanes[pointed?.lane ?? -1];
    if (shown !== undefined && lane !== undefined) void navigate(placeOf(lane, shown));
  };
  const move = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') setPointed(undefined);
    const next = entered === undefined ? undefined : stopAfter(points, { at: entered, key: event.key });
    if (!/^Arrow|^Home$|^End$/.test(event.key)) return;
    // The page's own keys move between rows.
    event.stopPropagation();
    event.preventDefault();
    if (next === undefined) return;
    const list = track.current?.querySelectorAll('ul')[next.lane];
    [...(list?.querySelectorAll<HTMLElement>('[data-stop]') ?? [])]
      .find((each) => each.dataset['stop'] === next.id)
      ?.focus();
  };

  return (
    <div className="timeline-grid" style={{ gridTemplateColumns: `${labelWidth}px minmax(0, 1fr)` }}>
      <div />
      <TimelineAxis scale={scale} width={width} now={now} />
      <ul className="timeline-labels">
        {lanes.map((lane) => (
          <li key={lane.automation_id} style={{ height: LANE_HEIGHT }}>
            <Link {...pageOf(lane)} className="timeline-name" title={lane.name}>
              {lane.name}
            </Link>
          </li>
        ))}
      </ul>
      <div className="timeline-track">
        <svg
          width={width}
          height={height}
          aria-hidden
          data-pointing={shown !== undefined}
          onMouseMove={point}
          onMouseLeave={() => setPointed(undefined)}
          onClick={open}
        >
          <TimelineGround
            timeline={timeline}
            scale={scale}
            range={range}
            ticks={p.hours === 24 ? 9 : 5}
            height={height}
            now={now}
          />
          {lanes.map((lane, index) => (
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
        <div
          ref={track}
          className="timeline-stops"
          role="toolbar"
          tabIndex={-1}
          aria-label="Marks; arrow keys go along a lane and between lanes"
          onKeyDown={move}
          onBlur={() => setPointed(undefined)}
        >
          {lanes.map((lane, index) => (
            <LaneStops
              key={lane.automation_id}
              lane={lane}
              points={points[index] ?? []}
              current={current?.lane === index ? current.id : undefined}
              top={index * LANE_HEIGHT}
              height={LANE_HEIGHT}
              now={now}
              onFocus={(id) => {
                setEntered({ lane: index, id });
                setPointed({ lane: index, id });
              }}
            />
          ))}
        </div>
        {shown !== undefined && pointed !== undefined && (
          <TimelineTip
            name={lanes[pointed.lane]?.name ?? ''}
            point={shown}
            top={(pointed.lane + 1) * LANE_HEIGHT}
            width={width}
            now={now}
          />
        )}
      </div>
      {timeline.down.length > 0 && (
        <ul className="unseen">
          {timeline.down.map((each) => (
            <li key={each.from_at}>{downText(each, now)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
