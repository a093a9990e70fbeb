/** The log of what happened: every event, with how many triggers it concerned. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { eventPages } from '../../data/triggers.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Ago } from '../../parts/moment.tsx';
import { OlderButton } from '../../parts/older-button.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { plural } from '../../text/amount-text.ts';
import './event-list.css';

export function EventList() {
  const query = useInfiniteQuery(eventPages());
  const events = query.data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <>
      <PageHead title="Events" lead="What happened, and what each trigger made of it." />
      <ProblemNotice error={query.error} />
      {query.isSuccess && events.length === 0 && (
        <div className="panel">
          <EmptyState title="Nothing has happened yet">
            <p>
              Sessions that stop, runs that fail, webhooks and <code>rouse events send ext.name</code> leave events
              here.
            </p>
          </EmptyState>
        </div>
      )}
      <ul className="event-rows">
        {events.map((event) => (
          <li key={event.id} className="event-row" data-row>
            <Link to="/events/$id" params={{ id: event.id }} className="event-link">
              <code className="event-kind cut">{event.kind}</code>
              <span className="event-data cut">{dataText(event.data)}</span>
              <span className={event.matched > 0 ? 'event-matched' : 'faint'}>{verdictText(event)}</span>
              <span className="event-when">
                <Ago at={event.accepted_at} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <OlderButton query={query} />
    </>
  );
}

function verdictText(event: { matching: boolean; considered: number; matched: number }): string {
  if (event.matching) return 'being matched';
  return event.considered === 0 ? 'no trigger' : `${event.matched} of ${plural(event.considered, 'trigger')}`;
}

const TEXT_MAX = 200;

function dataText(data: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(data);
  return text === '{}' ? '' : text.slice(0, TEXT_MAX);
}
