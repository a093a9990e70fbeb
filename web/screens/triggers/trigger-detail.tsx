/** One trigger as three sentences, with a place to try it, its webhook, and its history. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { TriggerWithEtag } from '../../../src/client/client.ts';
import { WEBHOOK_EVENT } from '../../../src/model/trigger.ts';
import { cache } from '../../data/cache.ts';
import { daemon } from '../../data/daemon.ts';
import { patchBetween } from '../../data/merge-patch.ts';
import { runsOf } from '../../data/runs.ts';
import { triggerOf } from '../../data/triggers.ts';
import { announce } from '../../parts/announcer.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Sentence } from '../../parts/sentence.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { RunRows } from '../runs/run-rows.tsx';
import { AutomationActions } from '../automations/automation-actions.tsx';
import { Policies } from '../automations/policies.tsx';
import { bodyOf, draftOf } from './trigger-draft.ts';
import { TriggerForm } from './trigger-form.tsx';
import { TriggerProse } from './trigger-prose.tsx';
import { TryIt } from './try-it.tsx';
import '../automations/automation-detail.css';
import { WebhookPart } from './webhook-part.tsx';
import './trigger-detail.css';

const ROWS = 12;

export function TriggerDetail() {
  const id = useParams({ strict: false }).id ?? '';
  const query = useQuery(triggerOf(id));
  return <Loaded of={query}>{(found) => <TriggerPage key={id} found={found} />}</Loaded>;
}

function TriggerPage({ found }: { found: TriggerWithEtag }) {
  const { trigger } = found;
  const [editing, setEditing] = useState<TriggerWithEtag | undefined>();
  return (
    <>
      <PageHead
        title={trigger.name}
        mark={<StatusMark status={trigger.last_run?.status ?? 'scheduled'} />}
        lead={trigger.description}
        actions={<AutomationActions of={trigger} onEdit={() => setEditing(found)} />}
      />
      {trigger.blocked !== undefined && (
        <p className="notice job-notice">
          <Sentence of={trigger.blocked.message} />
        </p>
      )}
      {editing === undefined ? (
        <div className="job-columns">
          <TriggerProse trigger={trigger} />
          <div className="trigger-side detail-side">
            <TryIt trigger={trigger} />
            {trigger.event === WEBHOOK_EVENT && <WebhookPart trigger={trigger} />}
            <TriggerRuns id={trigger.id} />
          </div>
          <Policies of={trigger} />
        </div>
      ) : (
        <TriggerEdit found={editing} onDone={() => setEditing(undefined)} />
      )}
      <p className="job-foot faint small">
        <code>{trigger.id}</code> ·{' '}
        {trigger.source === 'dynamic'
          ? 'defined here'
          : `defined by ${trigger.source === 'config' ? 'a file' : 'a package'}`}
      </p>
    </>
  );
}

function TriggerRuns({ id }: { id: string }) {
  const query = useQuery(runsOf({ trigger_id: id }, ROWS));
  return (
    <section className="panel" aria-labelledby="runs-title">
      <div className="panel-head">
        <h2 id="runs-title">Runs</h2>
      </div>
      <Loaded of={query}>
        {({ runs }) =>
          runs.length === 0 ? (
            <EmptyState title="It has not fired yet" />
          ) : (
            <div className="panel-body">
              <RunRows runs={runs} of="one" />
            </div>
          )
        }
      </Loaded>
    </section>
  );
}

/** Holds the trigger as it was when editing began: a change by somebody else meanwhile makes saving refused. */
function TriggerEdit({ found, onDone }: { found: TriggerWithEtag; onDone: () => void }) {
  const navigate = useNavigate();
  const start = draftOf(found.trigger);
  return (
    <TriggerForm
      start={start}
      verb="Save"
      onCancel={onDone}
      submit={async (body) => {
        const patch = patchBetween(bodyOf(start), body);
        const { trigger } = await daemon.triggers.update(found.trigger.id, patch, { ifMatch: found.etag });
        announce(`${trigger.name} was saved.`);
        await cache.invalidateQueries({ queryKey: ['triggers'] });
        onDone();
        if (trigger.id !== found.trigger.id) await navigate({ to: '/triggers/$id', params: { id: trigger.id } });
      }}
    />
  );
}
