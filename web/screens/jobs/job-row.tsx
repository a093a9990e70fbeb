/** One job in the list. */
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { ApiJob } from '../../../src/client/client.ts';
import { useNow } from '../../clock/use-now.ts';
import { Ago } from '../../parts/moment.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { scheduleWords } from '../../text/run-text.ts';
import { epochOf, momentText } from '../../text/time-text.ts';
import { RowOutcomes } from '../automations/row-outcomes.tsx';

/** Drawn anew only when its job has changed: rows around it come and go while somebody scrolls. */
export const JobRow = memo(function JobRow({ job }: { job: ApiJob }) {
  return (
    <Link to="/jobs/$id" params={{ id: job.id }} className="job-link" data-off={!job.effective_enabled}>
      <StatusMark status={job.last_run?.status ?? 'scheduled'} />
      <span className="job-words">
        <span className="job-name cut">{job.name}</span>
        <span className="job-schedule cut">
          {scheduleWords(job)} · {job.agent_name === '' ? 'a task' : job.agent_name}
        </span>
      </span>
      <RowOutcomes of={{ job_id: job.id }} />
      <span className="job-last">
        {job.last_run === undefined ? <span className="faint">never ran</span> : <Ago at={job.last_run.created_at} />}
      </span>
      <NextFire job={job} />
    </Link>
  );
});

function NextFire({ job }: { job: ApiJob }) {
  const now = useNow(60_000);
  const next = job.next_fires[0];
  if (job.blocked !== undefined && job.blocked.code !== 'paused') {
    return <span className="job-next job-blocked">{job.blocked.message}</span>;
  }
  if (!job.effective_enabled) return <span className="job-next faint">off</span>;
  if (next === undefined) return <span className="job-next faint">nothing to come</span>;
  return (
    <span className="job-next">
      <span className="job-next-at">{momentText(epochOf(next.at), now)}</span>
      <span className="faint">
        <Ago at={next.at} />
      </span>
    </span>
  );
}
