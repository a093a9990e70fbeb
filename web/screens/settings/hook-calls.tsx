/** Calls of hooks, newest first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ApiHookCall } from '../../../src/client/client.ts';
import { hookCallPages } from '../../data/house.ts';
import { Ago } from '../../parts/moment.tsx';
import { OlderButton } from '../../parts/older-button.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { Segments } from '../../parts/segments.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { SettingsPart } from './settings-part.tsx';

const STATES = [
  ['all', 'All'],
  ['waiting', 'Waiting'],
  ['failed', 'Failed'],
] as const;
type Shown = (typeof STATES)[number][0];

const MARK = { completed: 'completed', failed: 'failed', waiting: 'scheduled' } as const;

export function HookCalls() {
  const [state, setState] = useState<Shown>('all');
  const query = useInfiniteQuery(hookCallPages(state === 'all' ? {} : { state }));
  const calls = query.data?.pages.flatMap((page) => page.calls) ?? [];
  return (
    <SettingsPart
      title="Calls"
      aside={<Segments label="Which calls" value={state} choices={STATES} onChange={setState} />}
    >
      <div className="panel-body">
        <ProblemNotice error={query.error} />
        {query.isSuccess && calls.length === 0 && <p className="faint">None yet.</p>}
        <ul aria-label="Calls">
          {calls.map((call) => (
            <CallRecord key={call.id} call={call} />
          ))}
        </ul>
        <OlderButton query={query} />
      </div>
    </SettingsPart>
  );
}

function CallRecord({ call }: { call: ApiHookCall }) {
  return (
    <li className="record" data-row>
      <div className="record-words">
        <p className="record-title">
          <StatusMark status={MARK[call.state]} label={call.state} />
          <b>{call.hook}</b> <code className="faint">{call.event.replace('automation.', '')}</code>
        </p>
        <p className="record-more">
          {call.detail !== undefined && <span>{call.detail}</span>}
          {call.attempts > 1 && <span>{call.attempts} tries</span>}
          {call.next_at !== undefined && (
            <span>
              tried again <Ago at={call.next_at} />
            </span>
          )}
          {call.run_id !== undefined && (
            <Link to="/runs/$id" params={{ id: call.run_id }}>
              its run
            </Link>
          )}
        </p>
      </div>
      <span className="faint small">
        <Ago at={call.created_at} />
      </span>
    </li>
  );
}
