/** All triggers: what wakes each, and how its last runs went. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ApiTrigger } from '../../../src/client/client.ts';
import { runsOf } from '../../data/runs.ts';
import { useMayWrite } from '../../data/session.ts';
import { allTriggers } from '../../data/triggers.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Ago } from '../../parts/moment.tsx';
import { OutcomeStrip } from '../../parts/outcome-strip.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import '../jobs/job-list.css';

const OUTCOMES = 16;

export function TriggerList() {
  const query = useQuery(allTriggers());
  const mayWrite = useMayWrite();
  const [words, setWords] = useState('');
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (trigger: ApiTrigger): boolean => {
    const text =
      `${trigger.name} ${trigger.event} ${trigger.agent_name} ${trigger.description ?? ''} ${(trigger.tags ?? []).join(' ')}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
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
      <Loaded of={query}>
        {(triggers) =>
          triggers.length === 0 ? (
            <div className="panel">
              <EmptyState title="No triggers yet">
                <p>
                  A trigger waits for an event, such as a webhook, a session that stopped or a run that failed, and
                  tells an agent about it.
                </p>
              </EmptyState>
            </div>
          ) : (
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
              <ul className="job-rows">
                {triggers.filter(matches).map((trigger) => (
                  <TriggerRow key={trigger.id} trigger={trigger} />
                ))}
              </ul>
              {!triggers.some(matches) && <EmptyState title="No trigger matches" />}
            </>
          )
        }
      </Loaded>
    </>
  );
}

function TriggerRow({ trigger }: { trigger: ApiTrigger }) {
  const runs = useQuery(runsOf({ trigger_id: trigger.id }, OUTCOMES)).data?.runs ?? [];
  return (
    <li className="job-row" data-row data-off={!trigger.effective_enabled}>
      <Link to="/triggers/$id" params={{ id: trigger.id }} className="job-link">
        <StatusMark status={trigger.last_run?.status ?? 'scheduled'} />
        <span className="job-words">
          <span className="job-name cut">{trigger.name}</span>
          <span className="job-schedule cut">
            on <code>{trigger.event}</code> · {trigger.agent_name}
          </span>
        </span>
        <OutcomeStrip runs={runs} places={OUTCOMES} />
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
    </li>
  );
}
