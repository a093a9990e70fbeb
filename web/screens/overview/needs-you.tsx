/** The one list of what needs a person; each item with its obvious action in place. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useNow } from '../../clock/use-now.ts';
import { isTrigger, switchAutomation } from '../../data/automations.ts';
import { daemon } from '../../data/daemon.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { Sentence } from '../../parts/sentence.tsx';
import { PermissionQuestion } from '../../parts/permission-question.tsx';
import { spanText } from '../../../src/lib/span-text.ts';
import type { Need } from './needs.ts';
import { NeedMark } from './need-mark.tsx';

export function NeedsYou({ needs, isRead }: { needs: readonly Need[]; isRead: boolean }) {
  return (
    <section className="panel needs" aria-labelledby="needs-title">
      <div className="panel-head">
        <h2 id="needs-title">Needs you</h2>
        {needs.length > 0 && <span className="panel-aside">{needs.length}</span>}
      </div>
      {needs.length === 0 && isRead && (
        <p className="overview-calm">
          All clear. Failures, missed fires, questions of agents and mistakes in files would stand here.
        </p>
      )}
      <ul>
        {needs.map((need) => (
          <NeedItem key={need.key} need={need} />
        ))}
      </ul>
    </section>
  );
}

function NeedItem({ need }: { need: Need }) {
  const now = useNow(10_000);
  return (
    <li className="need" data-row>
      <NeedMark kind={need.kind} />
      <div className="need-words">
        <p className="need-title">
          <NeedTitle need={need} />
          {need.since !== undefined && now - need.since > 1_000 && (
            <span className="need-since">since {spanText(now - need.since)}</span>
          )}
        </p>
        <p className="need-sentence">
          <Sentence of={need.sentence} />
        </p>
        {need.kind === 'permission' && <PermissionQuestion run={need.run} />}
      </div>
      <NeedAction need={need} />
    </li>
  );
}

function NeedTitle({ need }: { need: Need }): ReactNode {
  switch (need.kind) {
    case 'permission':
      return (
        <>
          <Link to="/runs/$id" params={{ id: need.run.id }}>
            {need.title}
          </Link>{' '}
          asks
        </>
      );
    case 'failure':
    case 'misfire':
    case 'refusal':
      return (
        <Link to="/runs/$id" params={{ id: need.run.id }}>
          {need.title}
        </Link>
      );
    case 'delivery':
      return (
        <Link to="/triggers/$id" params={{ id: need.delivery.trigger_id ?? '' }}>
          {need.title}
        </Link>
      );
    case 'automation':
      return (
        <Link to={isTrigger(need.of) ? '/triggers/$id' : '/jobs/$id'} params={{ id: need.of.id }}>
          {need.title}
        </Link>
      );
    default:
      return need.title;
  }
}

function NeedAction({ need }: { need: Need }): ReactNode {
  switch (need.kind) {
    case 'failure':
      return (
        <ActionButton
          act={() => daemon.runs.retry(need.run.id)}
          done={`${need.title} runs once more.`}
          areas={['runs', 'jobs']}
        >
          Retry
        </ActionButton>
      );
    case 'misfire':
    case 'refusal': {
      const { of } = need;
      // A trigger has nothing to say without its event.
      if (isTrigger(of)) return null;
      return (
        <ActionButton
          act={() => daemon.jobs.trigger(of.id)}
          done={`${need.title} was started.`}
          areas={['runs', 'jobs']}
        >
          Run now
        </ActionButton>
      );
    }
    case 'agent':
      return (
        <ActionButton
          act={() => daemon.agents.release(need.agent.name)}
          done={`${need.agent.name} is free again.`}
          areas={['agents', 'runs']}
        >
          Release
        </ActionButton>
      );
    case 'automation':
      return need.of.blocked?.code === 'paused_after_failures' ? (
        <ActionButton
          act={() => switchAutomation(need.of, true)}
          done={`${need.title} is on again.`}
          areas={['jobs', 'triggers']}
        >
          Enable
        </ActionButton>
      ) : null;
    default:
      return null;
  }
}
