/** The screen on which a new job is written. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { cache } from '../../data/cache.ts';
import { daemon } from '../../data/daemon.ts';
import { allAgents, statusQuery } from '../../data/house.ts';
import { announce } from '../../parts/announcer.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { JobForm } from './job-form.tsx';
import { newDraft } from './job-draft.ts';

export function JobCreate() {
  const navigate = useNavigate();
  const status = useQuery(statusQuery());
  const agents = useQuery(allAgents());
  // The form starts from what is configured, so it waits for that.
  if (status.data === undefined || agents.data === undefined) return <PageHead title="New job" />;
  const only = agents.data.length === 1 ? agents.data[0]?.name : undefined;
  return (
    <>
      <PageHead title="New job" lead="It fires by itself from the moment it is created." />
      <JobForm
        start={newDraft({ timezone: status.data.automation.timezone, agent: only })}
        verb="Create job"
        onCancel={() => void navigate({ to: '/jobs' })}
        submit={async (body) => {
          const { job } = await daemon.jobs.create(body);
          announce(`${job.name} was created.`);
          await cache.invalidateQueries({ queryKey: ['jobs'] });
          await navigate({ to: '/jobs/$id', params: { id: job.id } });
        }}
      />
    </>
  );
}
