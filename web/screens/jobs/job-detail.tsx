/** One job: what it says, when it comes next, how it went; editing takes the place of the description. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { JobWithEtag } from '../../../src/client/client.ts';
import { cache } from '../../data/cache.ts';
import { daemon } from '../../data/daemon.ts';
import { jobOf } from '../../data/jobs.ts';
import { patchBetween } from '../../data/merge-patch.ts';
import { announce } from '../../parts/announcer.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Sentence } from '../../parts/sentence.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { Policies } from '../automations/policies.tsx';
import { JobActions } from './job-actions.tsx';
import { bodyOf, draftOf } from './job-draft.ts';
import { JobForm } from './job-form.tsx';
import { JobHistory } from './job-history.tsx';
import { JobProse } from './job-prose.tsx';
import '../automations/automation-detail.css';

export function JobDetail() {
  const id = useParams({ strict: false }).id ?? '';
  const query = useQuery(jobOf(id));
  return (
    <Loaded of={query} title="Job">
      {(found) => <JobPage key={id} found={found} />}
    </Loaded>
  );
}

function JobPage({ found }: { found: JobWithEtag }) {
  const { job } = found;
  const [editing, setEditing] = useState<JobWithEtag | undefined>();
  return (
    <>
      <PageHead
        title={job.name}
        mark={<StatusMark status={job.last_run?.status ?? 'scheduled'} />}
        lead={
          <>
            {job.description}
            {(job.tags ?? []).map((tag) => (
              <span key={tag} className="chip job-tag">
                {tag}
              </span>
            ))}
          </>
        }
        actions={<JobActions job={job} onEdit={() => setEditing(found)} />}
      />
      {job.blocked !== undefined && (
        <p className="notice job-notice">
          <Sentence of={job.blocked.message} />
        </p>
      )}
      {editing === undefined ? (
        <div className="job-columns">
          <JobProse job={job} />
          <JobHistory job={job} />
          <Policies of={job} />
        </div>
      ) : (
        <JobEdit found={editing} onDone={() => setEditing(undefined)} />
      )}
      <p className="job-foot faint small">
        <Link to="/runs" search={{ job_id: job.id } as never}>
          All runs of this job
        </Link>{' '}
        · <code>{job.id}</code> ·{' '}
        {job.source === 'dynamic' ? 'defined here' : `defined by ${job.source === 'config' ? 'a file' : 'a package'}`}
      </p>
    </>
  );
}

/** Holds the job as it was when editing began: if somebody else changes it meanwhile, saving is refused and says so. */
function JobEdit({ found, onDone }: { found: JobWithEtag; onDone: () => void }) {
  const navigate = useNavigate();
  const start = draftOf(found.job, found.job.next_fires[0]?.zone ?? 'UTC');
  return (
    <JobForm
      start={start}
      verb="Save"
      onCancel={onDone}
      submit={async (body) => {
        const patch = patchBetween(bodyOf(start), body);
        const { job } = await daemon.jobs.update(found.job.id, patch, { ifMatch: found.etag });
        announce(`${job.name} was saved.`);
        await cache.invalidateQueries({ queryKey: ['jobs'] });
        onDone();
        // A new name is a new identity for some jobs.
        if (job.id !== found.job.id) await navigate({ to: '/jobs/$id', params: { id: job.id } });
      }}
    />
  );
}
