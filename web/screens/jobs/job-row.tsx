/** One job in the list. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ApiJob } from '../../../src/client/client.ts';
import { runsOf } from '../../data/runs.ts';
import { Ago } from '../../parts/moment.tsx';
import { OutcomeStrip } from '../../parts/outcome-strip.tsx';
import { scheduleWords } from '../../text/run-text.ts';
import { StatusMark } from '../../parts/status-mark.tsx';

const OUTCOMES = 16;

export function JobRow({ job }: { job: ApiJob }) {
  const runs = useQuery(runsOf({ job_id: job.id }, OUTCOMES)).data?.runs ?? [];
  const next = job.next_fires[0];
  return (
    <li className="job-row" data-row data-off={!job.effective_enabled}>
      <Link to="/jobs/$id" params={{ id: job.id }} className="job-link">
        <StatusMark status={job.last_run?.status ?? 'scheduled'} />
        <span className="job-words">
          <span className="job-name cut">{job.name}</span>
          <span className="job-schedule cut">
            {scheduleWords(job)} · {job.agent_name === '' ? 'a task' : job.agent_name}
          </span>
        </span>
        <OutcomeStrip runs={runs} places={OUTCOMES} />
        <span className="job-next">
          {job.blocked !== undefined && job.blocked.code !== 'paused' ? (
            <span className="job-blocked cut">{job.blocked.message}</span>
          ) : !job.effective_enabled ? (
            <span className="faint">off</span>
          ) : next === undefined ? (
            <span className="faint">nothing to come</span>
          ) : (
            <Ago at={next.at} />
          )}
        </span>
      </Link>
    </li>
  );
}
