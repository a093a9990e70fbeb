/** All triggers: what wakes each, and how its last runs went. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { memo, useState } from 'react';
import type { ApiTrigger } from '../../../src/client/client.ts';
import { useMayWrite } from '../../data/session.ts';
import { allTriggers } from '../../data/triggers.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Ago } from '../../parts/moment.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { WindowRows } from '../../parts/window-rows.tsx';
import { RowOutcomes } from '../automations/row-outcomes.tsx';
import '../jobs/job-list.css';

const ROW_HEIGHT = 53;

export function TriggerList() {
  const query = useQuery(allTriggers());
  const mayWrite = useMayWrite();
  return (
    <>
      <PageHead
        title="Triggers"
        lead="What is said to which agent when something happens."
        actions={
          mayWrite && (
            <Link to="/triggers/new" className="button button-primary">
              New trigger
            </Link>
          )
        }
      />
      <Loaded of={query}>{(triggers) => (triggers.length === 0 ? <NoTriggers /> : <Triggers all={triggers} />)}</Loaded>
    </>
  );
}

function NoTriggers() {
  return (
    <div className="panel">
      <EmptyState title="No triggers yet">
        <p>
          A trigger waits for an event, such as a webhook, a session that stopped or a run that failed, and tells an
          agent about it.
        </p>
      </EmptyState>
    </div>
  );
}

function Triggers({ all }: { all: readonly ApiTrigger[] }) {
  const [words, setWords] = useState('');
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter((trigger) => {
    const text =
      `${trigger.name} ${trigger.event} ${trigger.agent_name} ${trigger.description ?? ''} ${(trigger.tags ?? []).join(' ')}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  return (
    <>
      <div className="job-filters">
        <input
          type="search"
          className="input"
          placeholder="Find by name, event or agent"
          aria-label="Find triggers"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      </div>
      {found.length === 0 ? (
        <EmptyState title="No trigger matches" />
      ) : (
        <WindowRows
          items={found}
          label="Triggers"
          height={ROW_HEIGHT}
          keyOf={({ id }) => id}
          row={(trigger) => <TriggerRow trigger={trigger} />}
        />
      )}
    </>
  );
}

const TriggerRow = memo(function TriggerRow({ trigger }: { trigger: ApiTrigger }) {
  return (
    <Link
      to="/triggers/$id"
      params={{ id: trigger.id }}
      className="job-link job-link-trigger"
      data-off={!trigger.effective_enabled}
    >
      <StatusMark status={trigger.last_run?.status ?? 'scheduled'} />
      <span className="job-words">
        <span className="job-name cut">{trigger.name}</span>
        <span className="job-schedule cut">
          on <code>{trigger.event}</code> · {trigger.agent_name}
        </span>
      </span>
      <RowOutcomes of={{ trigger_id: trigger.id }} />
      <span className="job-next">
        {trigger.blocked !== undefined && trigger.blocked.code !== 'paused' ? (
          <span className="job-blocked cut">{trigger.blocked.message}</span>
        ) : !trigger.effective_enabled ? (
          <span className="faint">off</span>
        ) : trigger.last_run === undefined ? (
          <span className="faint">never fired</span>
        ) : (
          <Ago at={trigger.last_run.created_at} />
        )}
      </span>
    </Link>
  );
});
