/** Webhook deliveries, refused ones included, each with what came of it and the way to carry it out once more. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ApiDelivery } from '../../../src/client/client.ts';
import { daemon } from '../../data/daemon.ts';
import { allTriggers, deliveryPages } from '../../data/triggers.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { Ago } from '../../parts/moment.tsx';
import { OlderButton } from '../../parts/older-button.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { Sentence } from '../../parts/sentence.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { plural } from '../../text/amount-text.ts';
import './delivery-rows.css';

const MARK = { accepted: 'completed', answered: 'scheduled', refused: 'failed' } as const;

export function DeliveryRows({ triggerId, none }: { triggerId?: string; none: React.ReactNode }) {
  const query = useInfiniteQuery(deliveryPages(triggerId === undefined ? {} : { trigger_id: triggerId }));
  const deliveries = query.data?.pages.flatMap((page) => page.deliveries) ?? [];
  return (
    <>
      <ProblemNotice error={query.error} />
      {query.isSuccess && deliveries.length === 0 && none}
      {deliveries.length > 0 && (
        <ul className="delivery-rows" aria-label="Deliveries">
          {deliveries.map((delivery) => (
            <DeliveryRow key={delivery.id} delivery={delivery} named={triggerId === undefined} />
          ))}
        </ul>
      )}
      <OlderButton query={query} />
    </>
  );
}

function DeliveryRow({ delivery, named }: { delivery: ApiDelivery; named: boolean }) {
  const { result, status, detail, event, repeats, event_id, replay_of, run_ids = [] } = delivery;
  const triggers = useQuery(allTriggers()).data ?? [];
  const name = triggers.find(({ id }) => id === delivery.trigger_id)?.name ?? delivery.endpoint;
  return (
    <li className="delivery" data-row>
      <StatusMark status={MARK[result]} label={result} />
      <div className="delivery-words">
        <p>
          {named &&
            (delivery.trigger_id === undefined ? (
              <b>{name} </b>
            ) : (
              <Link to="/triggers/$id" params={{ id: delivery.trigger_id }} className="delivery-name">
                {name}
              </Link>
            ))}
          <span className={result === 'refused' ? 'delivery-refused' : ''}>
            {result}, answered <code>{status}</code>
          </span>
          {event !== undefined && <code className="faint"> {event}</code>}
          {replay_of !== undefined && <span className="faint"> a replay</span>}
          {repeats > 0 && <span className="faint"> came {plural(repeats, 'more time')}</span>}
        </p>
        {detail !== undefined && (
          <p className="soft">
            <Sentence of={detail} />
          </p>
        )}
        <p className="delivery-facts">
          <Ago at={delivery.received_at} />
          {event_id !== undefined && (
            <Link to="/events/$id" params={{ id: event_id }}>
              its event
            </Link>
          )}
          {run_ids.map((id) => (
            <Link key={id} to="/runs/$id" params={{ id }}>
              its run
            </Link>
          ))}
        </p>
      </div>
      {result === 'accepted' && (
        <ActionButton
          act={() => daemon.webhooks.replay(delivery.id)}
          done="The delivery was carried out once more."
          areas={['deliveries', 'events', 'runs']}
        >
          Replay
        </ActionButton>
      )}
    </li>
  );
}
