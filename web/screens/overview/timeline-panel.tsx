/** The time line: the past on the left, what comes on the right, now in the middle, one lane per automation. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNow } from '../../clock/use-now.ts';
import { timelineQuery } from '../../data/timeline.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { useWidth } from '../../parts/use-width.ts';
import { epochOf } from '../../text/time-text.ts';
import type { Lane } from './lane-points.ts';
import { Timeline } from './timeline.tsx';
import { TimelineKey } from './timeline-key.tsx';
import './timeline.css';

/** At first, and as many more each time that somebody wants more. */
const LANES_SHOWN = 12;
const LANES_MORE = 48;
const HOUR = 3_600_000;
/** Below this a whole day on each side would be dust. */
const NARROW = 620;

export function TimelinePanel() {
  const query = useQuery(timelineQuery());
  const [ref, width] = useWidth();
  const [room, setRoom] = useState(LANES_SHOWN);
  // A pixel is a minute and more.
  const now = useNow(15_000);
  const hours = width < NARROW ? 8 : 24;
  return (
    <section className="panel timeline" aria-labelledby="timeline-title">
      <div className="panel-head">
        <h2 id="timeline-title">The last and the next {hours} hours</h2>
        <TimelineKey down={(query.data?.down.length ?? 0) > 0} />
      </div>
      <div className="timeline-room" ref={ref}>
        <Loaded of={query}>
          {(timeline) => {
            // A phone shows a part of the day: who does nothing in it needs no lane there.
            const lanes = timeline.lanes.filter((lane) =>
              isSeen(lane, { from: now - hours * HOUR, to: now + hours * HOUR }),
            );
            return (
              width > 0 && (
                <>
                  <Timeline
                    timeline={{ ...timeline, lanes: lanes.slice(0, room) }}
                    width={width}
                    hours={hours}
                    now={now}
                  />
                  {lanes.length === 0 && <p className="overview-calm">Nothing ran and nothing is to come.</p>}
                  {lanes.length > LANES_SHOWN && (
                    <button
                      type="button"
                      className="button button-plain button-small timeline-more"
                      onClick={() => setRoom(room < lanes.length ? room + LANES_MORE : LANES_SHOWN)}
                    >
                      {room < lanes.length ? moreText(lanes.length - room) : 'Show the busiest only'}
                    </button>
                  )}
                </>
              )
            );
          }}
        </Loaded>
      </div>
    </section>
  );
}

function moreText(hidden: number): string {
  return hidden <= LANES_MORE ? `Show ${hidden} more` : `Show ${LANES_MORE} more of ${hidden}`;
}

function isSeen({ marks, coming }: Lane, p: { from: number; to: number }): boolean {
  return [...marks, ...coming].some(({ from_at, to_at }) => epochOf(to_at) >= p.from && epochOf(from_at) <= p.to);
}
