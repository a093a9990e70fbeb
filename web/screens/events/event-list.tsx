/** The log of what happened: every event, with how many triggers it concerned. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { memo, useState } from 'react';
import type { ApiEvent } from '../../../src/client/client.ts';
import { eventPages } from '../../data/triggers.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FilterChoice } from '../../parts/filter-choice.tsx';
import { Ago } from '../../parts/moment.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { useSettled } from '../../parts/use-settled.ts';
import { WindowRows } from '../../parts/window-rows.tsx';
import { eventLine, verdictText } from './event-text.ts';
import '../jobs/job-list.css';
import './event-list.css';

const ROW_HEIGHT = 41;

const SOURCES: readonly (readonly [ApiEvent['source'], string])[] = [
  ['observer', 'this house'],
  ['webhook', 'webhooks'],
  ['extension', 'extensions'],
  ['hook', 'hooks'],
];

export function EventList() {
  const [kind, setKind] = useState('');
  const [source, setSource] = useState<ApiEvent['source'] | ''>('');
  const wanted = useSettled(kind.trim());
  const isFiltered = wanted !== '' || source !== '';
  const query = useInfiniteQuery(
    eventPages({ ...(wanted === '' ? {} : { kind: wanted }), ...(source === '' ? {} : { source }) }),
  );
  const events = query.data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <>
      <PageHead title="Events" lead="What happened, and what each trigger made of it." />
      <div className="job-filters">
        <input
          type="search"
          className="input mono"
          placeholder="ext.deploy"
          aria-label="Events of this kind"
          value={kind}
          onChange={(event) => setKind(event.target.value)}
        />
        <FilterChoice
          name="From"
          value={source}
          choices={SOURCES}
          onChoose={(value) => setSource(value as ApiEvent['source'] | '')}
        />
      </div>
      <ProblemNotice error={query.error} />
      {query.isSuccess && events.length === 0 && (
        <div className="panel">
          <EmptyState title={isFiltered ? 'No such event' : 'Nothing has happened yet'}>
            <p>
              Sessions that stop, runs that fail, webhooks and <code>rouse events send ext.name</code> leave events
              here.
            </p>
          </EmptyState>
        </div>
      )}
      <WindowRows
        items={events}
        label="Events"
        height={ROW_HEIGHT}
        keyOf={({ id }) => id}
        row={(event) => <EventRow event={event} />}
        more={query.hasNextPage}
        onEnd={() => {
          if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
        }}
      />
    </>
  );
}

const EventRow = memo(function EventRow({ event }: { event: ApiEvent }) {
  const { text, isData } = eventLine(event);
  return (
    <Link to="/events/$id" params={{ id: event.id }} className="event-link">
      <code className="event-kind cut">{event.kind}</code>
      <span className={isData ? 'event-data cut mono' : 'event-data cut'}>{text}</span>
      <span className={event.matched > 0 ? 'event-matched' : 'faint'}>{verdictText(event)}</span>
      <span className="event-when">
        <Ago at={event.accepted_at} />
      </span>
    </Link>
  );
});
