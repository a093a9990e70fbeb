/** The time line: the past on the left, what comes on the right, now in the middle, one lane per automation. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNow } from '../../clock/use-now.ts';
import { timelineQuery } from '../../data/timeline.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { useWidth } from '../../parts/use-width.ts';
import { Timeline } from './timeline.tsx';
import { TimelineKey } from './timeline-key.tsx';
import './timeline.css';

const LANES_SHOWN = 12;
/** Below this a whole day on each side would be dust. */
const NARROW = 620;

export function TimelinePanel() {
  const query = useQuery(timelineQuery());
  const [ref, width] = useWidth();
  const [all, setAll] = useState(false);
  const now = useNow(5_000);
  const hours = width < NARROW ? 8 : 24;
  return (
    <section className="panel timeline" aria-labelledby="timeline-title">
      <div className="panel-head">
        <h2 id="timeline-title">The last and the next {hours} hours</h2>
        <TimelineKey />
      </div>
      <div className="timeline-room" ref={ref}>
        <Loaded of={query}>
          {(timeline) =>
            width > 0 && (
              <>
                <Timeline
                  timeline={{ ...timeline, lanes: all ? timeline.lanes : timeline.lanes.slice(0, LANES_SHOWN) }}
                  width={width}
                  hours={hours}
                  now={now}
                />
                {timeline.lanes.length === 0 && <p className="overview-calm">Nothing ran and nothing is to come.</p>}
                {timeline.lanes.length > LANES_SHOWN && (
                  <button type="button" className="button button-plain button-small" onClick={() => setAll(!all)}>
                    {all ? 'Show the busiest only' : `Show all ${timeline.lanes.length}`}
                  </button>
                )}
              </>
            )
          }
        </Loaded>
      </div>
    </section>
  );
}
