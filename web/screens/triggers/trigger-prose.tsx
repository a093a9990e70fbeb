/** A trigger as it reads: when, if, then. */
import { useQuery } from '@tanstack/react-query';
import type { ApiTrigger } from '../../../src/client/client.ts';
import { Link } from '@tanstack/react-router';
import { allWorkspaces } from '../../data/house.ts';
import { Ago } from '../../parts/moment.tsx';
import { Sentence } from '../../parts/sentence.tsx';

export function TriggerProse({ trigger }: { trigger: ApiTrigger }) {
  const workspaces = useQuery(allWorkspaces()).data ?? [];
  const place = workspaces.find(({ id }) => id === trigger.workspace_id)?.name ?? trigger.workspace_id;
  const filter = Object.entries(trigger.filter ?? {});
  const { coalesce } = trigger;
  return (
    <div className="prose">
      <dl className="clauses">
        <dt>When</dt>
        <dd>
          <code>{trigger.event}</code> happens{place === undefined ? ' outside of workspaces' : ` in ${place}`}
          {coalesce !== undefined && (
            <p className="soft">
              gathered{coalesce.key === undefined ? '' : ` by ${coalesce.key}`} until {coalesce.window} passed without
              another
            </p>
          )}
        </dd>
        <dt>If</dt>
        <dd>
          {filter.length === 0 && trigger.when === undefined && 'always'}
          {filter.map(([path, wanted]) => (
            <p key={path}>
              <code>{path}</code> is <code>{wanted}</code>
            </p>
          ))}
          {trigger.when !== undefined && (
            <p>
              <code>{trigger.when}</code> holds
            </p>
          )}
        </dd>
        <dt>Then</dt>
        <dd>
          ask <b>{trigger.agent_name}</b>
        </dd>
      </dl>
      <pre className="prose-prompt">{trigger.prompt}</pre>
      <section aria-labelledby="recent-title">
        <h2 id="recent-title">The last events it looked at</h2>
        {(trigger.recent_events ?? []).length === 0 && <p className="faint">None yet.</p>}
        <ul className="recent-events">
          {(trigger.recent_events ?? []).map((event) => (
            <RecentEvent key={event.event_id} event={event} />
          ))}
        </ul>
      </section>
    </div>
  );
}

function RecentEvent({ event }: { event: NonNullable<ApiTrigger['recent_events']>[number] }) {
  return (
    <li>
      <Link to="/events/$id" params={{ id: event.event_id }}>
        <code>{event.kind}</code>
      </Link>{' '}
      <span className="faint">
        <Ago at={event.accepted_at} />
      </span>
      <p className="soft">
        <Sentence of={event.verdict.detail} />
      </p>
    </li>
  );
}
