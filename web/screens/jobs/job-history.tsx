/** How a job went: its last outcomes as a lane, how long they took, what they cost, and the newest rows. */
import { useQuery } from '@tanstack/react-query';
import type { ApiJob, ApiRun } from '../../../src/client/client.ts';
import { runsOf } from '../../data/runs.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { moneyText } from '../../text/amount-text.ts';
import { elapsedText } from '../../../src/lib/span-text.ts';
import { RunRows } from '../runs/run-rows.tsx';
import { durationOf, usualRange } from './usual-range.ts';
import { OutcomePlot } from './outcome-plot.tsx';

const OUTCOMES = 60;
const ROWS = 12;

export function JobHistory({ job }: { job: ApiJob }) {
  const query = useQuery(runsOf({ job_id: job.id }, OUTCOMES));
  return (
    <section className="panel detail-side" aria-labelledby="history-title">
      <Loaded of={query}>
        {({ runs }) => (
          <>
            <div className="panel-head">
              <h2 id="history-title">{runs.length === 0 ? 'History' : `The last ${runs.length} runs`}</h2>
              <span className="panel-aside">{usualText(runs)}</span>
            </div>
            {runs.length === 0 ? (
              <EmptyState title="It has not run yet">
                “Run now” does not wait for its schedule, and leaves that alone.
              </EmptyState>
            ) : (
              <div className="panel-body">
                <div className="plots">
                  <OutcomePlot runs={runs} name="Duration" value={durationOf} text={elapsedText} />
                  {runs.some(({ usage }) => (usage?.cost_usd ?? 0) > 0) && (
                    <OutcomePlot runs={runs} name="Cost" value={(run) => run.usage?.cost_usd} text={moneyText} />
                  )}
                </div>
                <RunRows runs={runs.slice(0, ROWS)} of="one" />
              </div>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

function usualText(runs: readonly ApiRun[]): string {
  const range = usualRange(runs);
  return range === undefined ? '' : `usually ${elapsedText(range.low)} to ${elapsedText(range.high)}`;
}
