/** The screen on which a new trigger is written. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { cache } from '../../data/cache.ts';
import { daemon } from '../../data/daemon.ts';
import { allAgents } from '../../data/house.ts';
import { announce } from '../../parts/announcer.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { newTriggerDraft } from './trigger-draft.ts';
import { TriggerForm } from './trigger-form.tsx';

export function TriggerCreate() {
  const navigate = useNavigate();
  const agents = useQuery(allAgents()).data;
  if (agents === undefined) return <PageHead title="New trigger" />;
  return (
    <>
      <PageHead title="New trigger" lead="It is woken by what happens from now on; its page lets you try it first." />
      <TriggerForm
        start={newTriggerDraft(agents.length === 1 ? agents[0]?.name : undefined)}
        verb="Create trigger"
        onCancel={() => void navigate({ to: '/triggers' })}
        submit={async (body) => {
          const { trigger } = await daemon.triggers.create(body);
          announce(`${trigger.name} was created.`);
          await cache.invalidateQueries({ queryKey: ['triggers'] });
          await navigate({ to: '/triggers/$id', params: { id: trigger.id } });
        }}
      />
    </>
  );
}
