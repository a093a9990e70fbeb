/** The first screen: what is running, what comes next, what needs me. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useNow } from '../../clock/use-now.ts';
import { allAgents, configProblems, statusQuery } from '../../data/house.ts';
import { allJobs } from '../../data/jobs.ts';
import { someRuns } from '../../data/runs.ts';
import { allTriggers, refusedDeliveries } from '../../data/triggers.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { headline } from './headline.ts';
import { needsOf } from './needs.ts';
import { NeedsYou } from './needs-you.tsx';
import { RunningNow } from './running-now.tsx';
import { TimelinePanel } from './timeline-panel.tsx';
import { TodayStrip } from './today-strip.tsx';
import './overview.css';

export function Overview() {
  const status = useQuery(statusQuery());
  const jobs = useQuery(allJobs());
  const triggers = useQuery(allTriggers()).data;
  const running = useQuery(someRuns({ status: 'running' }, 50));
  const problems = useQuery(configProblems());
  const agents = useQuery(allAgents());
  const refused = useQuery(refusedDeliveries());
  const now = useNow(5_000);
  const known = jobs.data?.jobs;
  const needs = needsOf({
    jobs: known ?? [],
    triggers: triggers ?? [],
    running: running.data?.runs ?? [],
    problems: problems.data ?? [],
    agents: agents.data ?? [],
    refused: refused.data ?? [],
    status: status.data,
    now,
  });
  // Mistakes in files may be why there is nothing yet, so they are not kept from a first day.
  if (known?.length === 0 && status.data?.counts.triggers === 0 && needs.length === 0) return <FirstDay />;
  const isRead = known !== undefined && running.data !== undefined && status.data !== undefined;
  const error = jobs.error ?? running.error ?? status.error;
  return (
    <>
      <PageHead
        title="Overview"
        lead={isRead ? headline({ running: running.data.runs, jobs: known, needs: needs.length, now }) : ' '}
      />
      <ProblemNotice error={error} />
      <TodayStrip />
      <div className="overview" data-needs={needs.length > 0}>
        <TimelinePanel />
        <NeedsYou needs={needs} isRead={isRead} />
        <RunningNow runs={running.data?.runs ?? []} isRead={running.data !== undefined} />
      </div>
    </>
  );
}

function FirstDay() {
  return (
    <>
      <PageHead title="Overview" />
      <div className="panel">
        <EmptyState title="Nothing is scheduled yet">
          <p>
            A job says what should be told to which agent, and when. Once there is one, this page shows what ran, what
            runs, what comes next, and what needs you.
          </p>
          <Link to="/jobs/new" className="button button-primary">
            Create the first job
          </Link>
          <p className="empty-more">
            Or write it into <code>rouse.toml</code>: files are watched, and a mistake in one is shown here with its
            line.
          </p>
        </EmptyState>
      </div>
    </>
  );
}
