/** The audit trail: who asked for which change, and what became of it. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { ApiChangeRecord } from '../../../src/client/client.ts';
import { changePages } from '../../data/house.ts';
import { useMayAdmin } from '../../data/session.ts';
import { useNames } from '../../data/use-names.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { TextField } from '../../parts/field.tsx';
import { Ago } from '../../parts/moment.tsx';
import { OlderButton } from '../../parts/older-button.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { useSettled } from '../../parts/use-settled.ts';
import { SettingsFrame } from './settings-frame.tsx';
import { SettingsPart } from './settings-part.tsx';

export function AuditScreen() {
  const mayAdmin = useMayAdmin();
  return (
    <SettingsFrame title="Audit log" lead="Every change that somebody asked for, refused ones included, newest first.">
      {mayAdmin ? (
        <Changes />
      ) : (
        <div className="panel">
          <EmptyState title="Only an admin session sees this" />
        </div>
      )}
    </SettingsFrame>
  );
}

function Changes() {
  const [actor, setActor] = useState('');
  const [operation, setOperation] = useState('');
  const filter = useSettled(JSON.stringify(given({ actor, operation })));
  const query = useInfiniteQuery(changePages(JSON.parse(filter) as { actor?: string; operation?: string }));
  const changes = query.data?.pages.flatMap((page) => page.changes) ?? [];
  return (
    <SettingsPart title="Changes">
      <div className="panel-body">
        <div className="audit-filters">
          <TextField label="By" value={actor} onChange={setActor} placeholder="user:cli" mono />
          <TextField label="Operation" value={operation} onChange={setOperation} placeholder="createJob" mono />
        </div>
        <ProblemNotice error={query.error} />
        {query.isSuccess && changes.length === 0 && <p className="faint">Nothing matches.</p>}
        <ul aria-label="Changes">
          {changes.map((change) => (
            <ChangeRow key={change.id} change={change} />
          ))}
        </ul>
        <OlderButton query={query} />
      </div>
    </SettingsPart>
  );
}

const MARK = { done: 'completed', refused: 'failed', begun: 'running' } as const;

function ChangeRow({ change }: { change: ApiChangeRecord }) {
  return (
    <li className="record" data-row>
      <div className="record-words">
        <p className="record-title">
          <StatusMark status={MARK[change.outcome]} label={change.outcome} />
          <b>{change.operation.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)}</b>
          <Target id={change.target} />
        </p>
        <p className="record-more">
          <span>by {change.actor}</span>
          {change.code !== undefined && <code>{change.code}</code>}
        </p>
      </div>
      <span className="faint small">
        <Ago at={change.at} />
      </span>
    </li>
  );
}

const PAGES = { job_: '/jobs/$id', trg_: '/triggers/$id', run_: '/runs/$id' } as const;

/** What still exists has a page; a name says more than an id. */
function Target({ id }: { id: string | undefined }): ReactNode {
  const name = useNames().get(id ?? '');
  if (id === undefined) return null;
  const page = PAGES[id.slice(0, 4) as keyof typeof PAGES];
  if (page === undefined || (page !== '/runs/$id' && name === undefined)) return <code className="faint">{id}</code>;
  return (
    <Link to={page} params={{ id }}>
      {name ?? <code>{id}</code>}
    </Link>
  );
}

function given(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value.trim() !== ''));
}
